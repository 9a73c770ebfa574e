"""How a run is started, stopped and tried out: the launcher's command, plain scrapy, the kill switch, the preview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from crawl_examples import Crawls, described
from crawl_world import advert, feed

from chyrak.errors import WrongUsage
from crawlers import launch
from crawlers.preview import try_url
from store.crawl import runs, schedule


@pytest.fixture(scope="module")
def small(crawls_in: Callable[[str], Crawls]) -> Crawls:
    """One site with a feed of two adverts, and sources on it in several states."""
    crawls = crawls_in("small")
    site = crawls.site("small")
    items = [("один", "SITE/v/1", ""), ("два", "SITE/v/2", "")]
    site.put("/rss", feed(items), "application/rss+xml")
    site.put("/robots.txt", "User-agent: *\nDisallow: /closed\n", "text/plain")
    site.put("/closed/1", advert(1))
    for number in (1, 2):
        site.put(f"/v/{number}", advert(number))
    crawls.source("small", site, ["/rss"])
    crawls.source("paused", site, ["/rss"])
    hour = datetime.now(UTC).hour
    night = {"since": (hour + 4) % 24, "until": (hour + 6) % 24, "timezone": "UTC"}
    crawls.source("nightly", site, ["/rss"], hours=night)
    crawls.source("unread", site, ["/rss"], enabled=False, terms={**described("x")["terms"], "read_on": None})
    return crawls


def test_the_launchers_command_crawls_and_closes_the_run_it_was_given(small: Crawls) -> None:
    with small.store.crawl.begin() as connection:
        opened = runs.open_run(connection, "small", datetime.now(UTC))
    assert opened is not None
    arguments, environment = launch.command(small.register["small"], small.settings, opened.id)
    assert arguments[:3] == ["scrapy", "crawl", "feed"]
    assert environment["SCRAPY_SETTINGS_MODULE"] == "crawlers.settings"
    small.scrapy(["-m", *arguments])
    closed = small.last_run("small")
    assert (closed.id, closed.outcome) == (opened.id, "ok")
    assert closed.stats["captures"] == 3


def test_a_source_that_is_not_enabled_is_not_crawled_and_its_run_says_why(small: Crawls) -> None:
    small.sites["small"].forget()
    with small.store.crawl.begin() as connection:
        opened = runs.open_run(connection, "unread", datetime.now(UTC))
    assert opened is not None
    arguments, _ = launch.command(small.register["unread"], small.settings, opened.id)
    log = small.scrapy(["-m", *arguments])
    assert "write the day into terms.read_on" in log
    assert small.last_run("unread").outcome == "failing"
    assert "is not enabled" in small.last_run("unread").stats["note"]
    assert small.sites["small"].asked == []


_LARGE_PARENT = """
import subprocess, sys
held = bytearray(1_200_000_000)
held[::4096] = bytes(len(held[::4096]))
sys.exit(subprocess.run([sys.executable, *sys.argv[1:]]).returncode)
"""


def test_a_crawl_is_not_ended_for_the_memory_of_the_process_that_started_it(small: Crawls) -> None:
    log = small.scrapy(["-c", _LARGE_PARENT, *small.round_of("small")])
    assert "memusage_exceeded" not in log
    assert small.last_run("small").outcome == "ok"


def test_a_crawl_that_uses_more_memory_than_its_limit_is_ended_and_says_so(small: Crawls) -> None:
    arguments = ["-m", "scrapy", "crawl", "feed", "-a", "source=small", "-a", f"home={small.home}"]
    log = small.scrapy([*arguments, "-s", "MEMUSAGE_LIMIT_MB=20"])
    assert "Memory usage exceeded 20MiB" in log
    assert "the run was ended early: memusage_exceeded" in small.last_run("small").stats["note"]


def test_eth_17_the_kill_switch_and_the_night_window_stop_a_run_before_its_first_page(small: Crawls) -> None:
    now = datetime.now(UTC)
    with small.store.crawl.begin() as connection:
        schedule.sync_sources(connection, [("paused", 3600)], now)
        assert schedule.pause(connection, "paused", True)
    small.sites["small"].forget()
    small.crawl("paused", "nightly")
    assert small.sites["small"].paths() == []
    assert "the source was paused" in small.last_run("paused").stats["note"]
    assert "outside the source's `hours`" in small.last_run("nightly").stats["note"]
    assert small.last_run("nightly").outcome == "quiet"


def test_the_next_opening_of_a_night_window_is_known(small: Crawls) -> None:
    now = datetime.now(UTC)
    source = small.register["nightly"]
    opens = source.opens_at(now)
    assert now < opens <= now + timedelta(hours=5)
    assert source.open_at(opens)


def test_a_preview_shows_what_a_page_yields_and_stores_nothing(small: Crawls) -> None:
    waiting, url = len(small.waiting()), small.sites["small"].url
    shown = try_url(f"{url}/v/2", small.settings)
    assert (shown.status, shown.page_kind, shown.note) == (200, "posting", "")
    assert [posting.title for posting in shown.postings] == ["Помощник повара 2"]
    assert len(small.waiting()) == waiting


def test_eth_16_a_preview_goes_through_robots_txt_too(small: Crawls) -> None:
    small.sites["small"].forget()
    shown = try_url(f"{small.sites['small'].url}/closed/1", small.settings)
    assert shown.postings == ()
    assert "robots.txt" in shown.note
    assert small.sites["small"].paths() == []


@pytest.mark.parametrize("url", ["board.example", "ftp://board.example/x", "", "file:///etc/passwd"])
def test_a_preview_of_what_is_no_web_address_is_wrong_usage(small: Crawls, url: str) -> None:
    with pytest.raises(WrongUsage, match="is no address of a page"):
        try_url(url, small.settings)
