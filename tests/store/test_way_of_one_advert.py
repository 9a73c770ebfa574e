"""What the store keeps of one advert on its way from a page to a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chyrak.errors import WrongUsage
from chyrak.records import (
    Contact,
    Decision,
    Engine,
    Exploitation,
    Kind,
    Level,
    Mail,
    Match,
    Reading,
    Receipt,
    Sighting,
    Stance,
    Watch,
)
from store import Store, audit, decisions, erasure, mails, matches, people, postings, queue, readings, watches, worklist
from store.keys import load_keys
from store.vault import Vault, of

PHONE = "+996555000101"


@pytest.fixture
def vault(home: Path) -> Vault:
    return Vault(load_keys(home))


def sighting(now: datetime, text: str = "Нужен повар", url: str = "https://board.example/1") -> Sighting:
    return Sighting("board", url, Kind.ADVERT, "Повар", text, now)


def reading(posting_id: str, level: int = 3, rev: int = 1) -> Reading:
    return Reading(
        posting_id,
        rev,
        Engine("r1", "m1"),
        ("ru",),
        Stance.OFFER,
        (),
        (),
        None,
        (),
        (Contact("phone", PHONE, "+996 *** 01"),),
        (Exploitation("DEBT", 0.7),),
        0.8,
        Level(level),
        (),
    )


def kept_and_read(store: Store, vault: Vault, now: datetime, level: int = 3) -> str:
    with store.main.begin() as c:
        key = postings.keep(c, sighting(now)).posting_id
        readings.record(c, reading(key, level), vault, now)
    return key


def person(store: Store, name: str, role: str = "investigator", *, senior: bool = False) -> people.Person:
    with store.main.begin() as c:
        return people.add(c, name, f"{name}@ngo.example", role, senior=senior)


def matched(store: Store, key: str, now: datetime, level: int = 3, rev: int = 1) -> int:
    watch = Watch("w", "all", "level:>=2", 2, ("osh@ngo.example",), "daily", "aigul")
    with store.main.begin() as c:
        watches.save(c, watch)
        return matches.record(c, [Match(f"m{level}", "w", key, rev, level, ("DEBT",), None, now)])


def decide(store: Store, who: people.Person, key: str, now: datetime, *, release: bool = True) -> str:
    with store.main.begin() as c:
        return decisions.record(c, Decision(key, 1, who.name, "referred", "", now, release), who).state


def states(store: Store, key: str) -> list[str]:
    with store.main.read() as c:
        return [match.state for match in matches.for_posting(c, key)]


def test_the_same_page_twice_changes_only_when_it_was_last_seen(store: Store, now: datetime):
    with store.main.begin() as c:
        first = postings.keep(c, sighting(now))
        again = postings.keep(c, sighting(now + timedelta(hours=1), "Нужен  повар\n"))
        posting = postings.get(c, first.posting_id)
    assert (first.change, again.change) == ("new", "same")
    assert posting is not None
    assert posting.last_seen == now + timedelta(hours=1)


def test_an_edited_advert_is_a_new_revision_and_is_read_again(store: Store, now: datetime):
    with store.main.begin() as c:
        key = postings.keep(c, sighting(now)).posting_id
        (job,) = worklist.claim(c, "read", 9, now)
        worklist.done(c, job)
        edited = postings.keep(c, sighting(now + timedelta(hours=1), "Паспорт сдать прорабу"))
        assert edited.change == "changed"
        assert [p.text for p in postings.revisions(c, key)] == ["Нужен повар", "Паспорт сдать прорабу"]
        assert [j.key for j in worklist.claim(c, "read", 9, now + timedelta(hours=1))] == [key]


def test_an_older_page_parsed_late_does_not_undo_a_newer_one(store: Store, now: datetime):
    with store.main.begin() as c:
        key = postings.keep(c, sighting(now, "new text")).posting_id
        assert postings.keep(c, sighting(now - timedelta(hours=1), "old text")).change == "same"
        posting = postings.get(c, key)
    assert posting is not None
    assert posting.text == "new text"


def test_an_advert_that_is_gone_and_comes_back_is_alive_again(store: Store, now: datetime):
    with store.main.begin() as c:
        key = postings.keep(c, sighting(now)).posting_id
        assert postings.mark_gone(c, "board", "https://board.example/1", now + timedelta(hours=1)) == key
        assert postings.mark_gone(c, "board", "https://board.example/1", now + timedelta(hours=2)) is None
        postings.keep(c, sighting(now + timedelta(hours=3)))
        posting = postings.get(c, key)
    assert posting is not None
    assert posting.gone_at is None


def test_eth_10_a_raw_phone_stands_nowhere_but_sealed_in_the_vault(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now)
    with store.main.begin() as c:
        (contact,) = of(c, [key])[key]
        assert contact.link == vault.link("phone", PHONE)
        tables = ["posting", "posting_rev", "reading", "contact", "work", "audit_event"]
        dump = "".join(str(c.exec_driver_sql(f"SELECT * FROM {name}").all()) for name in tables)
    assert PHONE not in dump
    assert PHONE[1:] not in dump


def test_eth_06_a_reveal_needs_a_reason_and_leaves_its_event(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now)
    with store.main.begin() as c:
        (contact,) = of(c, [key])[key]
        with pytest.raises(WrongUsage, match="reason"):
            vault.reveal(c, contact.id, who="aigul", reason=" ", now=now)
        assert vault.reveal(c, contact.id, who="aigul", reason="call for case 12", now=now) == PHONE
        event = audit.tail(c, 1)[0]
    assert (event.who, event.action, event.subject) == ("aigul", "reveal", key)
    assert PHONE not in repr(event)


def test_eth_03_a_high_level_needs_two_readers(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now)
    matched(store, key, now)
    assert decide(store, person(store, "aigul"), key, now) == "needs_second"
    assert states(store, key) == ["candidate"]
    assert decide(store, person(store, "bakyt"), key, now) == "decided"
    assert states(store, key) == ["released"]


def test_eth_03_the_same_reader_twice_is_one_reader(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now)
    matched(store, key, now)
    aigul = person(store, "aigul")
    assert decide(store, aigul, key, now) == "needs_second"
    assert decide(store, aigul, key, now) == "needs_second"
    assert states(store, key) == ["candidate"]


def test_eth_03_a_disagreement_is_kept_until_a_senior_decides(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now)
    matched(store, key, now)
    decide(store, person(store, "aigul"), key, now)
    assert decide(store, person(store, "bakyt"), key, now, release=False) == "disagreement"
    assert states(store, key) == ["candidate"]
    assert decide(store, person(store, "jyldyz", senior=True), key, now, release=False) == "decided"
    assert states(store, key) == ["dismissed"]


@pytest.mark.parametrize("role", ["admin", "researcher", "auditor"])
def test_eth_02_a_role_that_does_not_review_cannot_decide(store: Store, vault: Vault, now: datetime, role: str):
    key = kept_and_read(store, vault, now)
    matched(store, key, now)
    with pytest.raises(WrongUsage, match="may not decide"):
        decide(store, person(store, "adilet", role), key, now)
    assert states(store, key) == ["candidate"]


def test_an_advert_matches_again_only_when_its_level_rose(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now)
    assert matched(store, key, now, level=3) == 1
    assert matched(store, key, now, level=3) == 0
    assert matched(store, key, now, level=2) == 0
    assert matched(store, key, now, level=4, rev=2) == 1


def test_a_match_goes_to_a_person_in_one_mail_only(store: Store, vault: Vault, now: datetime):
    key = kept_and_read(store, vault, now, level=2)
    matched(store, key, now, level=2)
    decide(store, person(store, "aigul"), key, now)
    mail = Mail("<d1@chyrak>", "osh@ngo.example", "1 advert", "", "", "en", ("m2",))
    with store.main.begin() as c:
        assert [m.id for m in matches.released(c, "osh@ngo.example", ["w"])] == ["m2"]
        mails.open_mail(c, mail, now)
        assert matches.released(c, "osh@ngo.example", ["w"]) == []
        assert mails.unsent(c, now) == [mail]
        mails.close(c, Receipt("smtp", mail.message_id, now, "250 OK"))
        assert mails.unsent(c, now) == []
        assert [(row.state, row.matches) for row in mails.ledger(c, 5)] == [("sent", 1)]


def test_the_queue_shows_the_highest_level_first_and_what_is_decided_no_more(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        for number, level in enumerate([2, 4, 1, 3]):
            key = postings.keep(c, sighting(now, f"text {number}", f"https://board.example/{number}")).posting_id
            readings.record(c, reading(key, level), vault, now)
        rows = queue.pending(c, 10)
        assert [row.level for row in rows] == [4, 3, 2]
        assert [row.level for row in queue.pending(c, 10, after=rows[0].cursor)] == [3, 2]
        assert queue.size(c) == {2: 1, 3: 1, 4: 1}
    decide(store, person(store, "jyldyz", senior=True), rows[0].posting_id, now)
    with store.main.read() as c:
        assert [row.level for row in queue.pending(c, 10)] == [3, 2]


def test_eth_12_an_erased_advert_is_gone_from_every_table_and_is_not_kept_again(
    store: Store, vault: Vault, now: datetime
):
    key = kept_and_read(store, vault, now)
    matched(store, key, now)
    with store.main.begin() as c:
        assert erasure.erase_contact(c, vault.link("phone", PHONE), who="a", reason="asked 25 Nov", now=now) == [key]
        assert postings.get(c, key) is None
        assert readings.latest(c, key) is None
        assert matches.for_posting(c, key) == []
        assert postings.keep(c, sighting(now)).change == "refused"
        assert key in [job.key for job in worklist.claim(c, "sync", 9, now)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    level=st.integers(2, 4),
    words=st.lists(st.tuples(st.sampled_from(["aigul", "bakyt", "senior"]), st.booleans()), max_size=5),
)
def test_eth_02_no_match_is_released_without_the_readers_its_level_needs(
    store: Store, vault: Vault, now: datetime, level: int, words: list[tuple[str, bool]]
):
    key = f"p{level}-{len(words)}-{hash(tuple(words))}"
    with store.main.begin() as c:
        shown = replace(sighting(now), url=f"https://board.example/{key}")
        key = postings.keep(c, shown).posting_id
        readings.record(c, reading(key, level), vault, now)
        matches_before = Match(f"{key[:40]}-m", "w", key, 1, level, (), None, now)
        watches.save(c, Watch("w", "all", "a", 2, ("x@ngo.example",), "daily", "o"))
        matches.record(c, [matches_before])
        readers = {name: people.by_name(c, name) for name in ("aigul", "bakyt", "senior")}
        for name, known in readers.items():
            if known is None:
                readers[name] = people.add(c, name, "x@ngo.example", "investigator", senior=name == "senior")
    for name, release in words:
        reader = readers[name]
        assert reader is not None
        decide(store, reader, key, now, release=release)
    (match,) = list(states(store, key))
    if match == "released":
        releasing = {name for name, release in words if release}
        assert "senior" in releasing or len(releasing) >= (2 if level >= 3 else 1)
    if not words:
        assert match == "candidate"
