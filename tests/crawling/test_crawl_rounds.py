"""The real spiders meet a small world of sites, three times; between the rounds the world changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from crawl_examples import Crawls
from crawl_site import Asked
from crawl_world import advert, build, feed, listing

import store.postings
from chyrak.records import Sighting
from crawlers import evidence
from crawlers.pages import to_postings
from store.crawl.captures import Unparsed
from store.crawl.runs import Run


@dataclass
class Round:
    """What one round left behind, by source."""

    runs: dict[str, Run]
    asked: dict[str, list[Asked]]
    captures: dict[str, list[Unparsed]]
    postings: dict[str, list[Sighting]]
    faults: dict[str, list[str]]
    changes: dict[str, list[str]]
    log: str

    def paths(self, site: str) -> list[str]:
        """What the round asked of a site beside robots.txt, in order."""
        return [asked.path for asked in self.asked[site] if asked.path != "/robots.txt"]


def go(crawls: Crawls, *sources: str) -> Round:
    """One round, then a parse stage's work on what it captured."""
    for site in crawls.sites.values():
        site.forget()
    log = crawls.crawl(*sources)
    waiting = crawls.waiting()
    done = Round(
        runs={source: crawls.last_run(source) for source in sources or crawls.kinds},
        asked={name: list(site.asked) for name, site in crawls.sites.items()},
        captures={source: [row for row in waiting if row.capture.source == source] for source in crawls.kinds},
        postings={source: [] for source in crawls.kinds},
        faults={source: [] for source in crawls.kinds},
        changes={source: [] for source in crawls.kinds},
        log=log,
    )
    register = crawls.register
    for row in waiting:
        source = row.capture.source
        try:
            shown = to_postings(row.page_kind, row.capture, crawls.body(row.capture), register[source])
        except Exception as fault:
            done.faults[source].append(str(fault))
            continue
        done.postings[source] += shown
        with crawls.store.main.begin() as connection:
            done.changes[source] += [store.postings.keep(connection, posting).change for posting in shown]
            if row.capture.status in (404, 410):
                gone = store.postings.mark_gone(connection, source, row.capture.url, row.capture.fetched_at)
                done.changes[source].append("gone" if gone else "unknown")
    crawls.parsed()
    return done


@pytest.fixture(scope="module")
def world(crawls_in: Callable[[str], Crawls], outside_data: Path) -> Crawls:
    """The sites and their sources."""
    crawls = crawls_in("world")
    build(crawls, outside_data)
    return crawls


@pytest.fixture(scope="module")
def first(world: Crawls) -> Round:
    """The first round, over every source."""
    return go(world)


@pytest.fixture(scope="module")
def second(world: Crawls, first: Round) -> Round:
    """A day later: advert 2 was edited, 3 only counted up, 4 was taken down, 5 leads to the front page."""
    with world.store.crawl.begin() as connection:
        connection.exec_driver_sql("UPDATE page SET fetched_at = '2026-11-24 00:00:00.000000' WHERE source = 'board'")
    board = world.sites["board"]
    board.put("/ad/2", advert(2, text="Требуются помощники. Паспорт сдаётся администратору. "))
    board.put("/ad/3", advert(3, wrap='{"@graph": [{"@type": "WebSite"}, {}]}', views=250))
    board.put("/ad/4", "removed", status=410)
    board.put("/ad/5", "", status=302, headers={"Location": "/"})
    board.put("/", "<html><body>Главная</body></html>")
    board.put("/jobs", listing([1, 2, 3], "/jobs?page=2"))
    board.put("/jobs?page=2", listing([6, 7]))
    shy = world.sites["shy"]
    shy.put("/rss", feed([(f"вакансия {n}", f"SITE/v/{n}", "") for n in range(4)]), "application/rss+xml")
    return go(world, "board", "channel", "news", "shy", "empty")


def test_a_board_is_read_list_by_list_and_advert_by_advert(first: Round) -> None:
    assert first.runs["board"].outcome == "ok"
    assert first.paths("board")[:2] == ["/jobs", "/jobs?page=2"]
    assert sorted(posting.title for posting in first.postings["board"]) == [f"Помощник повара {n}" for n in range(1, 8)]
    assert first.faults["board"] == []


@pytest.mark.parametrize("number", range(1, 8))
def test_an_advert_gives_its_five_fields_wherever_its_data_stands(first: Round, number: int) -> None:
    (read,) = [posting for posting in first.postings["board"] if posting.url.endswith(f"/ad/{number}")]
    assert read.fields == {
        "employer": f"Отель {number}",
        "pay": "700-900 USD / MONTH",
        "place": "Анталья, TR",
        "valid_until": "2026-12-20",
        "employment_type": "FULL_TIME",
    }
    assert f"+996 555 000 1{number:02d}" in read.text
    assert read.published_at is not None
    assert read.published_at.isoformat() == "2026-11-20T04:00:00+00:00"
    assert "Просмотров" not in read.text


def test_eth_16_an_address_that_robots_txt_forbids_is_not_asked_for_and_said_so(first: Round) -> None:
    assert "/ad/13" not in first.paths("board")
    assert first.runs["board"].stats["forbidden"] == 1
    assert "robots.txt" in first.runs["board"].stats["note"]


def test_eth_07_neither_pictures_nor_other_sites_are_ever_asked_for(first: Round) -> None:
    assert not [path for path in first.paths("board") if "photo" in path or "about" in path]
    assert first.runs["board"].stats["offsite"] == 0
    assert "/v/film.mp4" not in first.paths("huge")
    photo = next(asked for asked in first.asked["huge"] if asked.path == "/v/photo")
    assert photo.path  # its kind is known from the headers only
    assert not [row for row in first.captures["huge"] if "photo" in row.capture.url]
    assert "is image/jpeg, not a page" in first.runs["huge"].stats["note"]


def test_eth_15_the_bytes_of_every_capture_hash_to_what_its_row_says(world: Crawls, first: Round) -> None:
    rows = [row for captured in first.captures.values() for row in captured]
    assert len(rows) > 40
    for row in rows:
        headers, body = evidence.read(world.home / "archive", row.capture.archive_ref)
        assert hashlib.sha256(body).hexdigest() == row.capture.body_sha256
        assert row.capture.status == 200
        assert headers
    assert any(
        "gzip" in dict(evidence.read(world.home / "archive", row.capture.archive_ref)[0]).values() for row in rows
    )
    for posting in (posting for shown in first.postings.values() for posting in shown):
        assert posting.archive_ref
        assert posting.body_sha256


def test_eth_16_every_request_says_who_asks_and_where_to_complain(first: Round) -> None:
    for site, asked in first.asked.items():
        for one in asked:
            assert one.headers["User-Agent"].startswith("Chyrak/"), site
            assert "+https://chyrak.example/crawler" in one.headers["User-Agent"]
            assert "Cookie" not in one.headers
            assert "Referer" not in one.headers


def test_eth_16_a_403_ends_the_run_at_once(first: Round) -> None:
    assert first.paths("forbidden") == ["/rss", "/v/0", "/v/1"]
    assert first.runs["forbidden"].outcome == "refused"
    assert "/v/1 answered 403" in first.runs["forbidden"].stats["note"]


@pytest.mark.parametrize(("site", "status"), [("challenged", "503 with a challenge"), ("limited", "429")])
def test_eth_16_a_429_or_a_challenge_is_never_tried_again(first: Round, site: str, status: str) -> None:
    assert first.paths(site) == ["/rss"]
    assert first.runs[site].outcome == "refused"
    assert f"answered {status}" in first.runs[site].stats["note"]


@pytest.mark.parametrize("site", ["disallowed", "robots_403"])
def test_eth_16_a_site_whose_robots_txt_says_no_is_asked_for_nothing_else(first: Round, site: str) -> None:
    assert [asked.path for asked in first.asked[site]] == ["/robots.txt"]
    assert first.runs[site].outcome == "refused"


def test_eth_16_a_site_whose_robots_txt_cannot_be_had_is_asked_for_nothing_else_and_has_not_said_no(
    first: Round,
) -> None:
    assert {asked.path for asked in first.asked["robots_503"]} == {"/robots.txt"}
    assert first.runs["robots_503"].outcome == "failing"
    assert "answered 503 for robots.txt" in first.runs["robots_503"].stats["note"]


def test_eth_16_a_crawl_delay_is_kept_between_any_two_requests(first: Round) -> None:
    times = [asked.at for asked in first.asked["shy"]]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # 0.6 s when sent; a busy machine may take one in late and the next one in time. Over all of them only the first
    # one's lateness counts: its connection has to be made.
    assert min(gaps) >= 0.4
    assert sum(gaps) >= 0.6 * len(gaps) - 0.1


def test_eth_17_the_budget_of_a_run_is_kept_and_the_rest_comes_next_time(first: Round, second: Round) -> None:
    assert first.runs["shy"].stats["requests"] == 4
    assert "budget of 4 requests" in first.runs["shy"].stats["note"]
    assert first.paths("shy") == ["/rss", "/v/0", "/v/1", "/v/2"]
    assert second.paths("shy") == ["/rss", "/v/3"]


def test_a_web_page_in_place_of_a_feed_is_a_failure_and_not_silence(first: Round) -> None:
    run = first.runs["page_not_feed"]
    assert run.outcome == "failing"
    assert "answered HTML where a feed was expected" in run.stats["note"]
    assert "answered HTML where a feed was expected" in first.faults["page_not_feed"][0]


def test_a_feed_without_items_is_quiet(first: Round, second: Round) -> None:
    assert first.runs["empty"].outcome == "quiet"
    assert second.runs["empty"].outcome == "quiet"


def test_a_redirect_to_another_host_is_not_followed_and_says_what_to_mend(first: Round) -> None:
    assert first.paths("moved") == ["/rss"]
    assert first.runs["moved"].outcome == "failing"
    assert "localhost" in first.runs["moved"].stats["note"]
    assert "`hosts`" in first.runs["moved"].stats["note"]


def test_a_huge_answer_is_cut_off_and_the_rest_of_the_run_goes_on(first: Round) -> None:
    huge = next(asked for asked in first.asked["huge"] if asked.path == "/v/huge")
    assert huge.sent_bytes < 40_000_000
    assert "was cut off at 3000000 bytes" in first.runs["huge"].stats["note"]
    assert [posting.title for posting in first.postings["huge"]] == ["Помощник повара 1"]


def test_recorded_articles_come_through_the_crawl_whole(first: Round) -> None:
    assert first.runs["news"].outcome == "ok"
    assert len(first.postings["news"]) == 16
    assert first.faults["news"] == []
    assert all(len(posting.text) > 300 for posting in first.postings["news"])


def test_recorded_feeds_come_through_the_crawl_with_all_items(first: Round) -> None:
    assert len(first.postings["feeds"]) == 6 + 2 + 6 + 5 + 4 + 15 + 1 + 1
    assert not [posting.url for posting in first.postings["feeds"] if "\ufffd" in posting.title + posting.text]


def test_a_channel_is_read_back_until_known_posts_are_met(first: Round, second: Round) -> None:
    assert first.paths("channel") == ["/s/ClashReport", "/s/ClashReport?before=93429"]
    assert len(first.postings["channel"]) == 5
    assert second.paths("channel") == ["/s/ClashReport"]


def test_an_unchanged_page_leaves_no_second_copy(second: Round) -> None:
    assert second.captures["channel"] == []
    assert second.captures["news"] == []
    assert second.runs["channel"].outcome == "ok"
    assert second.runs["news"].outcome == "ok"


def test_a_known_page_is_asked_for_conditionally_and_a_304_leaves_no_capture(second: Round) -> None:
    (asked,) = [asked for asked in second.asked["board"] if asked.path == "/ad/1"]
    assert "If-None-Match" in asked.headers
    assert not [row for row in second.captures["board"] if row.capture.url.endswith("/ad/1")]


def test_an_edit_is_a_change_and_a_view_counter_is_none(second: Round) -> None:
    by_url = {row.capture.url.rsplit("/", 1)[1]: row for row in second.captures["board"]}
    assert {"2", "3"} <= set(by_url)
    changed = [posting.url for posting in second.postings["board"]]
    assert any(url.endswith("/ad/2") for url in changed)
    assert sorted(second.changes["board"]) == ["changed", "gone", "same"]


def test_adverts_the_lists_no_longer_show_are_looked_after(second: Round) -> None:
    assert {"/ad/4", "/ad/5"} <= set(second.paths("board"))
    statuses = {row.capture.url.rsplit("/", 1)[1]: row.capture.status for row in second.captures["board"]}
    assert statuses["4"] == 410
    assert statuses["5"] == 302
    assert second.runs["board"].stats["gone"] == 2
    assert "/" not in second.paths("board")
