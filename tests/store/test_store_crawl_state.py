"""Crawl state: what is due, what runs, what was captured, and how each source does."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from chyrak.records import Capture
from store import Store, tables
from store.crawl import captures, health, lease, pages, runs, schedule

HOUR = timedelta(hours=1)


def of(store: Store, now: datetime, source: str = "a") -> health.SourceHealth:
    with store.crawl.read() as c:
        return next(found for found in health.health(c, now) if found.source == source)


def crawled(
    store: Store, at: datetime, outcome: str = "ok", *, postings: int | None = None, fresh: int | None = None, **stats
) -> None:
    """One run of source "a" with at most one capture."""
    with store.crawl.begin() as c:
        run = runs.open_run(c, "a", at)
        assert run is not None
        if postings is not None:
            ref = f"w.warc.gz:{run.id}"
            url = "https://a.example/jobs"
            captures.add(c, Capture("a", url, url, 200, (("Server", "x"),), "00", at, ref), "listing", run.id)
            (item,) = captures.unparsed(c, 9)
            captures.mark_parsed(c, item.id, postings, None, fresh=fresh)
        runs.close_run(c, run.id, outcome, stats, at + timedelta(minutes=1))


@pytest.fixture
def listed(store: Store, now: datetime) -> Store:
    with store.crawl.begin() as c:
        schedule.sync_sources(c, [("a", 3600), ("b", 7200)], now)
    return store


def test_a_new_source_is_due_at_once_and_a_known_one_keeps_its_time(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        assert [row.source for row in schedule.due(c, now)] == ["a", "b"]
        schedule.set_next(c, "a", now + HOUR)
        schedule.sync_sources(c, [("a", 60), ("c", 60)], now)
        assert [row.source for row in schedule.due(c, now)] == ["c"]
        assert [(row.source, row.every_seconds) for row in schedule.every(c)] == [("a", 60), ("c", 60)]
        assert [row.source for row in schedule.due(c, now + HOUR)] == ["c", "a"]


def test_eth_17_a_paused_source_is_not_due_even_when_asked_for(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        assert schedule.pause(c, "a", True)
        assert schedule.run_now(c, "a")
        assert [row.source for row in schedule.due(c, now)] == ["b"]
        schedule.pause(c, "a", False)
        assert [row.source for row in schedule.due(c, now)] == ["a", "b"]
        assert not schedule.pause(c, "nobody", True)
        assert not schedule.run_now(c, "nobody")
    assert of(listed, now).state == "never"


def test_a_source_asked_for_is_due_once(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        schedule.set_next(c, "a", now + HOUR)
        schedule.run_now(c, "a")
        assert ("a", True) in [(row.source, row.run_now) for row in schedule.due(c, now)]
        schedule.set_next(c, "a", now + HOUR)
        assert "a" not in [row.source for row in schedule.due(c, now)]


def test_a_source_has_one_run_at_a_time(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        first = runs.open_run(c, "a", now)
        assert first is not None
        assert runs.open_run(c, "a", now) is None
        assert runs.open_run(c, "b", now) is not None
        runs.close_run(c, first.id, "ok", {"items": 3}, now + HOUR)
        runs.close_run(c, first.id, "failing", {}, now + 2 * HOUR)
        assert runs.open_run(c, "a", now + HOUR) is not None
        kept = runs.get(c, first.id)
    assert kept is not None
    assert (kept.outcome, kept.stats, kept.ended_at) == ("ok", {"items": 3}, now + HOUR)


def test_a_run_of_a_dead_process_is_given_up_and_one_of_a_living_process_is_not(listed: Store, now: datetime):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    with listed.crawl.begin() as c:
        mine, lost = runs.open_run(c, "a", now), runs.open_run(c, "b", now)
        assert mine is not None
        assert lost is not None
        gone = update(tables.run).where(tables.run.c.id == lost.id)
        c.execute(gone.values(owner=f"{socket.gethostname()}:{dead.pid}:1"))
        assert runs.lost(c, now) == 1
        assert [run.outcome for run in runs.recent(c, "b", 9)] == ["lost"]
        assert runs.open_run(c, "b", now) is not None
        assert runs.open_run(c, "a", now) is None
        assert runs.open_run(c, "a", now + runs.LONGEST_RUN) is not None


def test_a_process_number_that_came_again_is_not_taken_for_the_old_process(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        run = runs.open_run(c, "a", now)
        assert run is not None
        host, number, began = runs._me().rsplit(":", 2)
        assert began, "the beginning of a process can be read here"
        c.execute(update(tables.run).where(tables.run.c.id == run.id).values(owner=f"{host}:{number}:{began}0"))
        assert runs.open_run(c, "a", now) is not None


def test_a_run_on_another_machine_is_judged_by_its_age(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        run = runs.open_run(c, "a", now)
        assert run is not None
        c.execute(update(tables.run).where(tables.run.c.id == run.id).values(owner="elsewhere:1:1"))
        assert runs.lost(c, now + HOUR) == 0
        assert runs.lost(c, now + runs.LONGEST_RUN) == 1


def test_an_outcome_nobody_knows_is_refused(listed: Store, now: datetime):
    with listed.crawl.begin() as c:
        run = runs.open_run(c, "a", now)
        assert run is not None
        with pytest.raises(ValueError, match="'great'"):
            runs.close_run(c, run.id, "great", {}, now)


def test_a_capture_is_kept_once_parsed_once_and_can_be_parsed_again(store: Store, now: datetime):
    one = Capture("a", "https://a.example/1", "https://a.example/1?x", 200, (("A", "b"), ("A", "c")), "ff", now, "w:0")
    with store.crawl.begin() as c:
        captures.add(c, one, "posting", None)
        captures.add(c, one, "posting", None)
        (item,) = captures.unparsed(c, 9)
        assert (item.capture, item.page_kind) == (one, "posting")
        captures.mark_parsed(c, item.id, 0, "no title")
        assert captures.unparsed(c, 9) == []
        assert [fault for _, fault in captures.failed(c, 9)] == ["no title"]
        assert captures.counts(c) == {"unparsed": 0, "parsed": 0, "failed": 1}
        assert captures.parse_again(c) == 1
        assert [found.id for found in captures.unparsed(c, 9)] == [item.id]
        assert captures.failed(c, 9) == []


def test_page_state_adds_up_over_requests_and_listings(store: Store, now: datetime):
    url = "https://a.example/1"
    with store.crawl.begin() as c:
        assert pages.get(c, "a", url) is None
        pages.listed(c, "a", [url, "https://a.example/2"], "posting", now)
        pages.note(c, "a", url, "posting", etag='"x"', last_status=200, fetched_at=now)
        pages.note(c, "a", url, "posting", last_status=304, fetched_at=now + HOUR)
        state = pages.get(c, "a", url)
        assert state is not None
        assert (state.etag, state.last_status, state.polls, state.listed_at) == ('"x"', 304, 2, now)
        assert pages.unlisted(c, "a", "posting", now, 9) == []
        assert pages.unlisted(c, "a", "posting", now + HOUR, 9) == [url]
        assert pages.unlisted(c, "b", "posting", now + HOUR, 9) == []


def test_a_lease_has_one_holder_until_it_ends_or_is_given_back(store: Store, now: datetime):
    with store.crawl.begin() as c:
        assert lease.take(c, "clock", "one", now, 30)
        assert not lease.take(c, "clock", "two", now, 30)
        assert lease.take(c, "clock", "one", now + timedelta(seconds=20), 30)
        assert not lease.take(c, "clock", "two", now + timedelta(seconds=40), 30)
        assert lease.take(c, "clock", "two", now + timedelta(seconds=50), 30)
        lease.drop(c, "clock", "one")
        assert not lease.take(c, "clock", "three", now + timedelta(seconds=51), 30)
        lease.drop(c, "clock", "two")
        assert lease.take(c, "clock", "three", now + timedelta(seconds=51), 30)


def test_a_source_that_finds_adverts_is_ok_and_falls_silent_by_its_own_rhythm(listed: Store, now: datetime):
    for hours in range(0, 60, 12):
        crawled(listed, now + hours * HOUR, postings=3)
    last = now + 48 * HOUR
    assert of(listed, last).state == "ok"
    assert of(listed, last).newest_posting == last
    crawled(listed, last + 30 * HOUR, postings=0)
    assert of(listed, last + 36 * HOUR).state == "ok"
    assert of(listed, last + 37 * HOUR).state == "quiet"
    assert of(listed, last + 72 * HOUR).state == "quiet"
    assert of(listed, last + 73 * HOUR).state == "stale"


def test_the_same_old_adverts_on_every_page_are_no_find(listed: Store, now: datetime):
    crawled(listed, now, postings=20, fresh=20)
    for day in range(1, 5):
        crawled(listed, now + day * 24 * HOUR, postings=20, fresh=0)
    found = of(listed, now + 4 * 24 * HOUR)
    assert (found.state, found.newest_posting) == ("stale", now)


def test_a_rare_source_is_given_its_own_time(listed: Store, now: datetime):
    week = 7 * 24 * HOUR
    for number in range(4):
        crawled(listed, now + number * week, postings=1)
    assert of(listed, now + 5 * week).state == "ok"
    assert of(listed, now + 8 * week).state == "quiet"
    assert of(listed, now + 10 * week).state == "stale"


def test_a_source_that_never_found_anything_goes_stale_too(listed: Store, now: datetime):
    crawled(listed, now, postings=0)
    assert of(listed, now + HOUR).state == "ok"
    assert of(listed, now + 73 * HOUR).state == "stale"


@pytest.mark.parametrize(
    ("outcome", "state"), [("failing", "failing"), ("refused", "refused"), ("lost", "failing"), ("quiet", "quiet")]
)
def test_the_last_run_says_when_a_source_is_in_trouble(listed: Store, now: datetime, outcome: str, state: str):
    crawled(listed, now, postings=1)
    crawled(listed, now + HOUR, outcome, note="why")
    crawled(listed, now + 2 * HOUR, outcome, note="why")
    found = of(listed, now + 2 * HOUR)
    assert (found.state, found.note) == (state, "why")
    assert found.failures == (0 if outcome == "quiet" else 2)
    assert found.last_run == now + 2 * HOUR
    assert found.last_ok == (now + 2 * HOUR if outcome == "quiet" else now)


def test_a_source_that_is_switched_off_says_so(listed: Store, now: datetime):
    crawled(listed, now, "failing")
    with listed.crawl.begin() as c:
        schedule.pause(c, "a", True)
    assert of(listed, now).state == "off"
