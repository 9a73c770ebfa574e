"""Nothing goes out without named readers (ETH-02, ETH-03), whatever the order in which words and edits come."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from store_examples import advert, decide, met, person, reading, sighting, states, watch

from chyrak.errors import RetryLater, WrongUsage
from chyrak.records import Mail
from store import Store, audit, decisions, mails, matches, postings, queue, readings, tables
from store.vault import Vault


def test_a_toned_down_advert_still_needs_the_readers_of_the_level_it_was_matched_at(
    store: Store, vault: Vault, now: datetime
):
    with store.main.begin() as c:
        watch(c)
        key = advert(c, vault, now, level=4)
        met(c, key, now, level=4)
        postings.keep(c, sighting(now + timedelta(hours=1), "Нужен вежливый повар"))
        readings.record(c, reading(key, level=1, rev=2), vault, now)
        assert [row.posting_id for row in queue.pending(c, 9)] == [key]
        assert decide(c, person(c, "aigul"), key, now, rev=2).needs_second
        assert states(c, key) == ["candidate"]
        assert decide(c, person(c, "bakyt"), key, now, rev=2).state == "decided"
        assert states(c, key) == ["released"]
        assert queue.pending(c, 9) == []


def test_a_match_of_a_watch_made_after_the_decision_follows_the_decision(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        watch(c)
        watch(c, "later")
        key = advert(c, vault, now, level=2)
        met(c, key, now, level=2)
        decide(c, person(c, "aigul"), key, now)
        assert met(c, key, now, level=2, by="later") == 1
        assert states(c, key) == ["released", "released"]


def test_an_edit_that_shows_nothing_new_stays_decided_and_one_that_does_is_read_again(
    store: Store, vault: Vault, now: datetime
):
    with store.main.begin() as c:
        key = advert(c, vault, now, level=2)
        decide(c, person(c, "aigul"), key, now, release=False, outcome="unfounded")
        postings.keep(c, sighting(now + timedelta(hours=1), "Нужен повар, обновлено"))
        readings.record(c, reading(key, level=2, rev=2), vault, now)
        assert decisions.state(c, key) == "decided"
        postings.keep(c, sighting(now + timedelta(hours=2), "Нужен повар, паспорт сдать"))
        readings.record(c, reading(key, level=2, rev=3, shown=["I24"]), vault, now)
        assert decisions.state(c, key) == "open"
        assert [row.rev for row in queue.pending(c, 9)] == [3]


def test_a_level_that_rises_after_one_reader_needs_a_second(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        watch(c)
        key = advert(c, vault, now, level=2)
        decide(c, person(c, "aigul"), key, now)
        assert decisions.state(c, key) == "decided"
        readings.raise_level(c, key, 1, now)
        assert decisions.state(c, key) == "needs_second"
        met(c, key, now, level=3)
        assert states(c, key) == ["candidate"]


def test_eth_03_a_second_reader_who_differs_takes_back_what_no_mail_carries_yet(
    store: Store, vault: Vault, now: datetime
):
    with store.main.begin() as c:
        watch(c)
        key = advert(c, vault, now, level=2)
        met(c, key, now, level=2)
        assert decide(c, person(c, "aigul"), key, now).released == 1
        assert decide(c, person(c, "bakyt"), key, now, release=False, outcome="unfounded").disagreement
        assert states(c, key) == ["candidate"]
        (row,) = queue.pending(c, 9)
        assert row.state == "disagreement"
        assert decide(c, person(c, "jyldyz", senior=True), key, now).released == 1


def test_asking_for_more_settles_nothing(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        key = advert(c, vault, now, level=2)
        assert decide(c, person(c, "aigul"), key, now, release=False, outcome="needs_more").state == "open"
        assert [row.posting_id for row in queue.pending(c, 9)] == [key]


def test_the_same_word_twice_is_one_decision_and_one_event(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        key = advert(c, vault, now)
        for _ in range(2):
            decide(c, person(c, "aigul"), key, now)
        assert len(decisions.of(c, key)) == 1
        assert [event.action for event in audit.tail(c, 9)] == ["decide"]


def test_a_decision_on_a_text_that_has_changed_meanwhile_is_refused(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        key = advert(c, vault, now)
        postings.keep(c, sighting(now + timedelta(hours=1), "Нужна повариха"))
        readings.record(c, reading(key, rev=2), vault, now)
        with pytest.raises(WrongUsage, match="changed"):
            decide(c, person(c, "aigul"), key, now, rev=1)
        with pytest.raises(WrongUsage, match="no such revision"):
            decide(c, person(c, "aigul"), key, now, rev=3)


def test_a_reader_cannot_sign_for_another(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        key = advert(c, vault, now)
        aigul, bakyt = person(c, "aigul"), person(c, "bakyt")
        word = decisions.Decision(key, 1, aigul.name, "referred", "", now, True)
        with pytest.raises(WrongUsage, match="may not decide"):
            decisions.record(c, word, bakyt)


def test_eth_14_a_decision_that_fails_leaves_neither_event_nor_release(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        watch(c)
        key = advert(c, vault, now, level=2)
        met(c, key, now, level=2)
        person(c, "aigul")

    def decide_and_fail() -> None:
        with store.main.begin() as c:
            decide(c, person(c, "aigul"), key, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decide_and_fail()
    with store.main.read() as c:
        assert states(c, key) == ["candidate"]
        assert audit.tail(c, 9) == []
        assert decisions.of(c, key) == []


def test_eth_02_the_database_itself_refuses_a_release_without_a_decision(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        watch(c)
        met(c, advert(c, vault, now), now)
    for state in ("released", "dismissed", "mailed"):
        with pytest.raises(IntegrityError), store.main.begin() as c:
            c.execute(update(tables.match).values(state=state))


def test_eth_02_a_mail_with_a_match_nobody_released_cannot_be_opened(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        watch(c)
        key = advert(c, vault, now, level=2)
        met(c, key, now, level=2)
        (match,) = matches.for_posting(c, key)
        mail = Mail("<1@chyrak>", "osh@ngo.example", "1", "", "", "en", (match.id,))
        for wrong in (mail, Mail("<2@chyrak>", "osh@ngo.example", "1", "", "", "en", ())):
            with pytest.raises(WrongUsage, match="not released"):
                mails.open_mail(c, wrong, now)
        decide(c, person(c, "aigul"), key, now)
        mails.open_mail(c, mail, now)
        assert mails.stuck(c, now) == []
        assert [row.message_id for row in mails.stuck(c, now + timedelta(minutes=9))] == ["<1@chyrak>"]
    with pytest.raises(RetryLater, match="in another mail"), store.main.begin() as c:
        mails.open_mail(c, Mail("<3@chyrak>", "osh@ngo.example", "1", "", "", "en", (match.id,)), now)
    with store.main.read() as c:
        assert [row.message_id for row in mails.ledger(c, 9)] == ["<1@chyrak>"]


READERS = ("aigul", "bakyt", "jyldyz")
STEPS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(READERS), st.booleans()),
    st.tuples(st.just("edit"), st.integers(0, 4), st.booleans()),
    st.tuples(st.just("watch"), st.integers(2, 4), st.booleans()),
    st.tuples(st.just("raise"), st.integers(0, 1), st.booleans()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(level=st.integers(2, 4), steps=st.lists(STEPS, max_size=9))
def test_eth_02_no_path_leads_to_a_released_match_without_the_named_readers_its_level_needs(
    store: Store, vault: Vault, now: datetime, level: int, steps: list[tuple[str, object, bool]]
):
    with store.main.begin() as c:
        for table in reversed(tables.main.sorted_tables):
            if not table.name.startswith(("audit", "key")):
                c.execute(table.delete())
        watch(c)
        key = advert(c, vault, now, level=level)
        met(c, key, now, level=level)
        rev = 1
        for number, (what, value, flag) in enumerate(steps):
            if what == "decide":
                who = person(c, str(value), senior=value == "jyldyz")
                decide(c, who, key, now, release=flag, rev=rev, outcome="referred" if flag else "no_action")
            elif what == "edit":
                postings.keep(c, sighting(now + timedelta(hours=number + 1), f"text {number}"))
                rev += 1
                readings.record(c, reading(key, int(str(value)), rev, shown=["I24"] if flag else []), vault, now)
                met(c, key, now, level=int(str(value)), rev=rev)
            elif what == "watch":
                watch(c, f"w{number}")
                met(c, key, now, level=int(str(value)), rev=rev, by=f"w{number}")
            else:
                readings.raise_level(c, key, int(str(value)), now)
            _check(c, key)


def _check(c, key: str) -> None:
    """Every released match has its decision, and enough different readers said so at or above its level."""
    words = {row.id: row for row in c.execute(select(tables.decision).where(tables.decision.c.posting_id == key))}
    for row in c.execute(select(tables.match).where(tables.match.c.posting_id == key)):
        if row.state == "candidate":
            assert row.decision_id is None
            continue
        decision = words[row.decision_id]
        assert decision.release is (row.state == "released")
        agree = {word.reviewer for word in words.values() if word.release == decision.release}
        senior = any(word.senior and word.release == decision.release for word in words.values())
        assert senior or len(agree) >= (2 if row.level >= 3 else 1)
    assert audit.verify(c) == []
