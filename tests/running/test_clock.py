"""The clock crawls each source on its cadence, in its hours, and goes on where it was after a restart."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chyrak.settings import Settings, load_settings
from crawlers.register import load_sources
from crawlers.source import Source
from runtime.clock import JITTER_SHARE, next_crawl
from runtime.context import Context
from store.crawl import runs, schedule

_MADE = """
id: {name}
name: An invented feed
kind: feed
about: news
languages: [ru]
timezone: UTC
enabled: true
every: 1h
start: ["http://127.0.0.1:9/{name}.xml"]
{more}
terms:
  {{url: "http://127.0.0.1:9/terms", read_on: {today}, basis: consent, owner: the test, consent: given, note: invented}}
"""


def _source(folder: Path, name: str = "one", more: str = "") -> Source:
    folder.mkdir(parents=True, exist_ok=True)
    text = _MADE.format(name=name, more=more, today=date(2026, 11, 1))
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_sources([folder])[name]


@pytest.fixture(scope="module")
def night_source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return _source(tmp_path_factory.mktemp("night"), more="hours: {since: 1, until: 5, timezone: UTC}")


@given(
    ended=st.integers(0, 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    )
)
def test_eth_17_the_next_crawl_is_a_cadence_later_and_in_the_sources_hours(night_source: Source, ended: datetime):
    following = next_crawl(night_source, ended)
    assert night_source.open_at(following)
    least = timedelta(seconds=night_source.every_seconds * (1 - JITTER_SHARE))
    assert least <= following - ended <= timedelta(hours=24)


def _tick(home: Path, until: Callable[[], bool], seconds: float = 90) -> None:
    """The real clock in a process of its own, ended by the signal a supervisor sends as soon as `until` says so."""
    process = subprocess.Popen([sys.executable, "-m", "runtime", "clock", "--home", str(home)])
    try:
        deadline = time.monotonic() + seconds
        while not until():
            assert process.poll() is None, "the clock ended by itself"
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.1)
    finally:
        process.terminate()
        assert process.wait(60) == 0


def _runs(context: Context) -> list[str]:
    with context.store.crawl.read() as connection:
        return [run.source for name in ("one", "two") for run in runs.recent(connection, name, 9) if run.outcome]


def _next(context: Context, name: str) -> datetime:
    with context.store.crawl.read() as connection:
        return next(
            (row.next_due for row in schedule.every(connection) if row.source == name), datetime.min.replace(tzinfo=UTC)
        )


def test_a_source_that_is_due_is_crawled_once_and_its_next_time_is_kept(settings: Settings, home: Path):
    _source(home / "sources")
    context = Context(load_settings(home))
    began = datetime.now(UTC)
    _tick(home, lambda: _next(context, "one") >= began + timedelta(minutes=54))
    assert _runs(context) == ["one"]
    again = Context(load_settings(home))
    _source(home / "sources", "two")
    _tick(home, lambda: "two" in _runs(again))
    assert sorted(_runs(again)) == ["one", "two"]
    again.close()
    context.close()


def test_eth_17_a_paused_source_is_left_alone_until_it_is_let_go(settings: Settings, home: Path):
    _source(home / "sources")
    context = Context(load_settings(home))
    with context.store.crawl.begin() as connection:
        schedule.sync_sources(connection, [("one", 3600)], datetime.now(UTC))
        schedule.pause(connection, "one", True)
    _source(home / "sources", "two")
    _tick(home, lambda: "two" in _runs(context))
    assert _runs(context) == ["two"]
    context.close()
