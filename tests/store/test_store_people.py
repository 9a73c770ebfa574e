"""People, their sessions, and the copies that bring everything back."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from store_examples import advert, decide, met, person, sighting, watch

from chyrak.errors import AskOperator, WrongUsage
from chyrak.settings import load_settings
from store import Store, audit, backup, open_store, overview, people, postings, queue, readings, sessions, tables
from store.vault import Vault


def test_a_name_is_one_person_in_whatever_case_on_both_engines(store: Store):
    with store.main.begin() as c:
        added = people.add(c, "Айгүл", "aigul@ngo.example", "investigator")
        for written in ("айгүл", "АЙГҮЛ ", "Айгүл"):
            assert people.by_name(c, written) == added
        with pytest.raises(WrongUsage, match="taken"):
            people.add(c, "АЙГҮЛ", "other@ngo.example", "auditor")
        with pytest.raises(WrongUsage, match="no role 'king'"):
            people.add(c, "x", "x@ngo.example", "king")


def test_eth_13_the_last_active_admin_can_neither_leave_nor_be_shut_out(store: Store):
    with store.main.begin() as c:
        first = people.add(c, "one", "one@ngo.example", "admin")
        for attempt in (
            lambda: people.disable(c, first.id),
            lambda: people.set_role(c, first.id, "auditor"),
        ):
            with pytest.raises(WrongUsage, match="last active admin"):
                attempt()
        people.add(c, "two", "two@ngo.example", "admin")
        people.disable(c, first.id)
        assert people.by_email(c, "one@ngo.example") is None
        assert [found.name for found in people.every(c)] == ["one", "two"]


def test_five_failed_logins_lock_an_account_for_a_while(store: Store, now: datetime):
    with store.main.begin() as c:
        found = person(c, "aigul")
        for _ in range(people.MOST_FAILED_LOGINS):
            assert people.locked_until(c, found.id, now) is None
            people.note_failed_login(c, found.id, now)
        assert people.locked_until(c, found.id, now) == now + people.LOCK_TIME
        assert people.locked_until(c, found.id, now + people.LOCK_TIME) is None
        people.note_login(c, found.id, now + people.LOCK_TIME)
        kept = people.get(c, found.id)
    assert kept is not None
    assert (kept.failed_logins, kept.last_login) == (0, now + people.LOCK_TIME)


def test_a_session_lives_until_it_ends_and_only_its_hash_is_kept(store: Store, now: datetime):
    with store.main.begin() as c:
        token = sessions.save(c, None, {"csrf": "x"}, person_id="p", expires=now + timedelta(hours=1))
        assert sessions.load(c, token, now) == {"csrf": "x"}
        assert sessions.save(c, token, {"csrf": "y"}, person_id="p", expires=now + timedelta(hours=2)) == token
        assert sessions.load(c, token, now + timedelta(hours=1)) == {"csrf": "y"}
        assert sessions.load(c, token, now + timedelta(hours=2)) is None
        assert token not in str(c.execute(select(tables.session)).all())
        assert sessions.drop_all_of(c, "p") == 1
        assert sessions.load(c, token, now) is None


def test_a_login_link_lets_one_person_in_once_and_in_time(store: Store, now: datetime):
    with store.main.begin() as c:
        found = person(c, "aigul")
        token, late = sessions.make_link(c, found.id, now), sessions.make_link(c, found.id, now)
        assert token not in str(c.execute(select(tables.login_link)).all())
        assert sessions.use_link(c, "guessed", now) is None
        assert sessions.use_link(c, token, now) == found.id
        assert sessions.use_link(c, token, now) is None
        assert sessions.use_link(c, late, now + timedelta(minutes=31)) is None


def test_eth_14_events_cut_off_the_end_of_the_chain_are_noticed(store: Store, now: datetime):
    with store.main.begin() as c:
        for number in range(3):
            audit.append(c, "aigul", "view", str(number), {}, now)
        c.execute(
            text(
                "DROP TRIGGER audit_event_no_DELETE"
                if store.main.is_sqlite
                else "DROP TRIGGER audit_event_guard ON audit_event"
            )
        )
        c.execute(tables.audit_event.delete().where(tables.audit_event.c.number == 3))
        assert audit.verify(c) == ["the chain ends at event 2, but event 3 was the last one written"]
        c.execute(tables.audit_event.delete().where(tables.audit_event.c.number == 1))
        assert audit.verify(c)[0] == "event 1 is missing: the next one is 2"


def test_the_audit_tail_can_be_asked_for_one_person_action_or_subject(store: Store, now: datetime):
    with store.main.begin() as c:
        for who, action, subject in (("a", "view", "1"), ("b", "view", "1"), ("a", "search", "2")):
            audit.append(c, who, action, subject, {"ü": [1, None]}, now)
        assert [event.number for event in audit.tail(c, 9, who="a")] == [3, 1]
        assert [event.number for event in audit.tail(c, 9, action="view", subject="1")] == [2, 1]
        assert [event.number for event in audit.tail(c, 1, before=3)] == [2]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(), max_size=40), min_size=1, max_size=4))
def test_any_text_a_page_may_hold_is_kept_and_the_same_page_again_changes_nothing(
    store: Store, now: datetime, texts: list[str]
):
    with store.main.begin() as c:
        c.execute(tables.work.delete())
        c.execute(tables.posting.delete())
        shown = [sighting(now + timedelta(hours=n), text_) for n, text_ in enumerate(texts)]
        for one in shown:
            postings.keep(c, one)
        before = [c.execute(select(table)).all() for table in (tables.posting, tables.posting_rev, tables.work)]
        assert {postings.keep(c, one).change for one in shown} == {"same"}
        assert [c.execute(select(table)).all() for table in (tables.posting, tables.posting_rev, tables.work)] == before


def test_writers_that_keep_the_same_new_advert_at_once_make_one_posting(store: Store, now: datetime):
    changes: list[str] = []

    def keep() -> None:
        with store.main.begin() as c:
            changes.append(postings.keep(c, sighting(now)).change)

    writers = [threading.Thread(target=keep) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(changes) == ["new", "same", "same", "same"]


def test_a_posting_without_an_address_is_known_by_its_text(store: Store, now: datetime):
    with store.main.begin() as c:
        first = postings.keep(c, sighting(now, "Нужен повар", ""))
        assert postings.keep(c, sighting(now, "Нужен  повар", "")).posting_id == first.posting_id
        assert postings.keep(c, sighting(now, "Нужен швея", "")).change == "new"


def test_a_page_gone_before_it_was_last_seen_is_not_gone(store: Store, now: datetime):
    url = "https://board.example/1"
    with store.main.begin() as c:
        postings.keep(c, sighting(now))
        assert postings.mark_gone(c, "board", url, now - timedelta(minutes=1)) is None
        assert postings.mark_gone(c, "board", url, now) is not None


def test_a_reading_of_a_text_that_changed_meanwhile_does_not_hide_the_newer_one(
    store: Store, vault: Vault, now: datetime
):
    from store_examples import reading

    with store.main.begin() as c:
        key = advert(c, vault, now, level=1)
        postings.keep(c, sighting(now + timedelta(hours=1), "Паспорт сдать"))
        readings.record(c, reading(key, 4, rev=2), vault, now)
        readings.record(c, reading(key, 1, rev=1), vault, now)
        found = readings.latest(c, key)
        before = postings.index_versions(c, [key])
        readings.record(c, reading(key, 4, rev=2), vault, now)
        assert postings.index_versions(c, [key]) == before
    assert found is not None
    assert (found.rev, found.level) == (2, 4)


def test_eth_08_a_plea_is_in_the_protection_queue_and_in_no_other(store: Store, vault: Vault, now: datetime):
    from store_examples import reading

    from chyrak.records import Stance

    with store.main.begin() as c:
        plea = postings.keep(c, sighting(now, url="https://board.example/p")).posting_id
        readings.record(c, reading(plea, 4, shown=["I35"], stance=Stance.SEEK), vault, now)
        seeker = postings.keep(c, sighting(now, url="https://board.example/s")).posting_id
        readings.record(c, reading(seeker, 0, stance=Stance.SEEK), vault, now)
        assert [row.posting_id for row in queue.protection(c, 9)] == [plea]
        assert queue.pending(c, 9) == []
        assert queue.size(c) == {}


def test_the_summary_counts_what_there_is(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        watch(c)
        key = advert(c, vault, now, level=2)
        met(c, key, now, level=2)
        decide(c, person(c, "aigul"), key, now)
    with store.main.read() as c, store.crawl.read() as crawl:
        assert overview.counts(c, crawl) == {
            "sources": 0,
            "postings": 1,
            "flagged": {2: 1},
            "campaigns": 0,
            "matches": 1,
            "mails": 0,
            "index_pending": 1,
        }


def test_eth_42_a_copy_made_while_the_store_is_used_brings_everything_back(
    home: Path, tmp_path: Path, vault: Vault, now: datetime
):
    settings_ = load_settings(home)
    opened = open_store(settings_)
    with opened.main.begin() as c:
        key = advert(c, vault, now)
    with opened.main.begin() as writer:
        postings.keep(writer, sighting(now, "Не сохранено", "https://board.example/2"))
        names = backup.back_up(settings_, tmp_path / "copy")
    opened.close()
    assert names[:2] == ["store.db", "crawl.db"]
    assert not (tmp_path / "copy" / "keys").exists()
    elsewhere = load_settings(tmp_path / "elsewhere")
    open_store(elsewhere).close()
    backup.put_back(elsewhere, tmp_path / "copy")
    restored = open_store(elsewhere)
    with restored.main.read() as c:
        assert postings.every_id(c) == [key]
        assert audit.verify(c) == []
    restored.close()
    with pytest.raises(AskOperator, match="exists already"):
        backup.back_up(settings_, tmp_path / "copy")


def test_a_damaged_copy_is_not_put_back(home: Path, tmp_path: Path):
    settings_ = load_settings(home)
    open_store(settings_).close()
    backup.back_up(settings_, tmp_path / "copy")
    file = tmp_path / "copy" / "store.db"
    file.write_bytes(file.read_bytes()[:6000] + b"\0" * 4096 + file.read_bytes()[10096:])
    before = (home / "store.db").read_bytes()
    with pytest.raises(AskOperator, match=r"damaged|older backup"):
        backup.put_back(settings_, tmp_path / "copy")
    assert (home / "store.db").read_bytes() == before


def test_a_copy_of_postgresql_is_left_to_its_own_means(home: Path, tmp_path: Path):
    settings_ = load_settings(home, store={"url": "postgresql+psycopg://chyrak@/chyrak"})
    with pytest.raises(AskOperator, match="pg_dump"):
        backup.back_up(settings_, tmp_path / "copy")
