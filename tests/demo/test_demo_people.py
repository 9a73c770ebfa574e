"""The demo's people and readers: made once, allowed by the demo's policy only, two of them for levels 3 and 4."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import indexer.query
from chyrak.errors import AskOperator
from chyrak.records import Decision, Engine, Exploitation, Kind, Level, Match, Reading, Sighting, Stance
from chyrak.settings import load_settings
from review.policy import load_policy
from runtime.demo import setting
from runtime.demo.reviewer import NOTE, review_pending
from store import Store, audit, decisions, matches, open_store, people, postings, queue, readings, watches
from store.keys import load_keys
from store.vault import Vault

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
CAST = setting.load_cast()


@pytest.fixture
def demo(home: Path) -> Iterator[Store]:
    setting.write_files(home, mail_port=2525, web_port=8401)
    opened = open_store(load_settings(home))
    setting.settle(opened, NOW)
    yield opened
    opened.close()


def flagged(store: Store, home: Path, name: str, level: Level, kind: str = "LAB") -> str:
    """A posting with a reading of `level` and a candidate match; returns its id."""
    sighting = Sighting("demo_x", f"http://x.example/{name}", Kind.ADVERT, name, f"text of {name}", NOW)
    with store.main.begin() as connection:
        kept = postings.keep(connection, sighting)
        assert kept.posting_id
        reading = Reading(
            kept.posting_id, 1, Engine("r", "m"), ("ru",), Stance.OFFER, (), (), None, (), (),
            (Exploitation(kind, 1.0),), 0.9, level, (),
        )  # fmt: skip
        readings.record(connection, reading, Vault(load_keys(home)), NOW)
        match = Match(f"m-{name}", "demo-serious", kept.posting_id, 1, int(level), (kind,), None, NOW)
        matches.record(connection, [match])
    return str(kept.posting_id)


def decided(store: Store, posting_id: str) -> list[tuple[str, str, bool]]:
    with store.main.read() as connection:
        return [(d.reviewer, d.outcome, d.release) for d in decisions.of(connection, posting_id)]


def test_people_and_watches_are_made_once(demo: Store) -> None:
    assert setting.settle(demo, NOW) == 0
    with demo.main.read() as connection:
        everybody = people.every(connection)
        assert {person.name for person in everybody} == {actor.name for actor in CAST.people}
        assert {p.language for p in everybody if p.role == "ngo_caseworker"} == {"ru", "ky", "en"}
        assert len(watches.every(connection)) == len(CAST.watches) >= 5
        assert audit.verify(connection) == []


def test_what_a_person_changed_is_left_as_it_is(demo: Store) -> None:
    with demo.main.begin() as connection:
        watches.pause(connection, "demo-turkey", True)
    setting.settle(demo, NOW)
    with demo.main.read() as connection:
        watch = watches.get(connection, "demo-turkey")
    assert watch is not None
    assert watch.paused


def test_every_watch_asks_a_question_the_search_understands_and_writes_to_people_of_the_cast() -> None:
    addresses = {actor.email for actor in CAST.people}
    for watch in CAST.watches:
        indexer.query.parse(watch.query)
        assert set(watch.recipients) <= addresses, watch.id
    assert all(address.endswith(".example") for address in addresses)


def test_the_demo_files_load_and_mail_stays_on_this_machine(home: Path) -> None:
    setting.write_files(home, mail_port=2525, web_port=8401)
    setting.write_files(home, mail_port=2526, web_port=8402)
    settings = load_settings(home)
    assert settings.mail.relay == "smtp://127.0.0.1:2526"
    assert settings.web.port == 8402
    assert set(settings.mail.allowed_recipients) == {actor.email for actor in CAST.people}
    assert load_policy(home).demo


@pytest.mark.parametrize("name", ["chyrak.toml", "policy.toml"])
def test_eth_02_a_home_used_in_earnest_never_turns_into_a_demo(home: Path, name: str) -> None:
    home.mkdir()
    (home / name).write_text("", encoding="utf-8")
    with pytest.raises(AskOperator, match="folder of its own"):
        setting.write_files(home, mail_port=1, web_port=1)
    assert (home / name).read_text(encoding="utf-8") == ""


def test_eth_02_without_the_demo_policy_nobody_decides_by_program(demo: Store, home: Path) -> None:
    waiting = flagged(demo, home, "a", Level.ELEVATED)
    (home / "policy.toml").unlink()
    with pytest.raises(AskOperator, match="this home is no demo"):
        review_pending(demo, load_settings(home), NOW)
    assert decided(demo, waiting) == []


def test_eth_03_levels_three_and_four_get_two_readers_and_level_two_one(demo: Store, home: Path) -> None:
    low, high = flagged(demo, home, "a", Level.ELEVATED), flagged(demo, home, "b", Level.HIGH)
    urgent = flagged(demo, home, "c", Level.URGENT)
    lines: list[str] = []
    assert review_pending(demo, load_settings(home), NOW, tell=lines.append) == 3
    assert [name for name, _, _ in decided(demo, low)] == [CAST.first_reader]
    for posting_id in (high, urgent):
        assert decided(demo, posting_id) == [
            (CAST.first_reader, "referred", True),
            (CAST.second_reader, "referred", True),
        ]
    assert lines == ["The demo's made-up readers decided on 3 adverts; in earnest only people decide."]
    with demo.main.read() as connection:
        assert queue.pending(connection, 10) == []
        assert matches.counts(connection).get("released") == 3
        assert audit.verify(connection) == []


def test_reviewing_again_changes_nothing(demo: Store, home: Path) -> None:
    posting_id = flagged(demo, home, "a", Level.HIGH)
    review_pending(demo, load_settings(home), NOW)
    before = decided(demo, posting_id)
    assert review_pending(demo, load_settings(home), NOW) == 0
    assert decided(demo, posting_id) == before


def test_fraud_alone_is_set_aside_and_not_mailed(demo: Store, home: Path) -> None:
    posting_id = flagged(demo, home, "a", Level.ELEVATED, "FRAUD")
    review_pending(demo, load_settings(home), NOW)
    assert decided(demo, posting_id) == [(CAST.first_reader, "fraud_only", False)]


def test_what_a_real_person_has_begun_is_left_to_people(demo: Store, home: Path) -> None:
    posting_id = flagged(demo, home, "a", Level.HIGH)
    with demo.main.begin() as connection:
        caseworker = people.by_name(connection, "demo_caseworker_osh")
        assert caseworker is not None
        word = Decision(posting_id, 1, caseworker.name, "needs_more", "read by a person", NOW, False)
        decisions.record(connection, word, caseworker)
    assert review_pending(demo, load_settings(home), NOW) == 0
    assert len(decided(demo, posting_id)) == 1


def test_some_adverts_are_left_to_the_person_at_the_screen(demo: Store, home: Path) -> None:
    everything = {flagged(demo, home, f"advert {number}", Level.HIGH) for number in range(24)}
    done = review_pending(demo, load_settings(home), NOW, one_in=4)
    with demo.main.read() as connection:
        left = {row.posting_id for row in queue.pending(connection, 100)}
    assert left < everything
    assert len(left) + done == len(everything)
    assert left
    assert done
    # What the person has begun, the second reader takes up.
    with demo.main.begin() as connection:
        visitor = people.by_name(connection, CAST.first_reader)
        assert visitor is not None
        mine = min(left)
        decisions.record(connection, Decision(mine, 1, visitor.name, "referred", "by hand", NOW, True), visitor)
    assert review_pending(demo, load_settings(home), NOW, one_in=4) == 1
    assert [name for name, _, _ in decided(demo, mine)] == [CAST.first_reader, CAST.second_reader]


def test_an_interrupted_second_reading_is_taken_up_again(demo: Store, home: Path) -> None:
    posting_id = flagged(demo, home, "a", Level.HIGH)
    with demo.main.begin() as connection:
        first = people.by_name(connection, CAST.first_reader)
        assert first is not None
        decisions.record(connection, Decision(posting_id, 1, first.name, "referred", NOTE, NOW, True), first)
    assert review_pending(demo, load_settings(home), NOW) == 1
    assert [name for name, _, _ in decided(demo, posting_id)] == [CAST.first_reader, CAST.second_reader]


def test_a_missing_reader_is_named(demo: Store, home: Path) -> None:
    flagged(demo, home, "a", Level.HIGH)
    with demo.main.begin() as connection:
        second = people.by_name(connection, CAST.second_reader)
        assert second is not None
        people.disable(connection, second.id)
    with pytest.raises(AskOperator, match="'demo_second_reader' is gone or disabled"):
        review_pending(demo, load_settings(home), NOW)
