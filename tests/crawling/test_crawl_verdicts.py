"""The verdict on a run, robots.txt decisions, delays: the rules a crawl is judged and held by."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crawl_examples import NOW
from scrapy.http import HtmlResponse
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.politeness.refusal import refused
from crawlers.politeness.robots import AGENT, allowed
from crawlers.politeness.throttle import delay_for, is_loopback
from crawlers.run import Tally
from crawlers.verdict import figures, judge


@pytest.mark.parametrize(
    ("tally", "reason", "outcome"),
    [
        (Tally(answers=3, items=20), "finished", "ok"),
        (Tally(answers=1, not_modified=1), "finished", "ok"),
        (Tally(answers=1), "finished", "quiet"),
        (Tally(), "finished", "failing"),
        (Tally(failed=1), "finished", "failing"),
        (Tally(answers=1, failed=1, lists_failed=1), "finished", "failing"),
        (Tally(answers=4, items=4, failed=1), "finished", "ok"),
        (Tally(answers=4, items=4, refused="no"), "finished", "refused"),
        (Tally(answers=2), "closespider_timeout", "failing"),
        (Tally(answers=2, items=9), "shutdown", "ok"),
        (Tally(cut="outside its hours"), "finished", "quiet"),
    ],
)
def test_a_run_is_judged_by_what_it_read_and_not_by_an_exit_code(tally: Tally, reason: str, outcome: str) -> None:
    assert judge(tally, reason) == outcome


def test_a_source_whose_newest_item_is_old_is_called_stale() -> None:
    fresh = figures(Tally(newest_item=NOW - timedelta(days=2)), "finished", NOW, 30 * 86400)
    old = figures(Tally(newest_item=datetime(2025, 1, 5, tzinfo=UTC)), "finished", NOW, 30 * 86400)
    assert fresh["stale"] is False
    assert old["stale"] is True
    assert "2025-01-05" in old["note"]


def test_a_run_that_was_stopped_says_so() -> None:
    assert "ended early: shutdown" in figures(Tally(items=1), "shutdown", NOW, 86400)["note"]


def test_eth_16_robots_txt_files_of_real_sites_are_decided_as_their_gold_says(outside_data: Path) -> None:
    gold = json.loads((outside_data / "pages/robots/gold.json").read_text(encoding="utf-8"))
    checked = 0
    for item in gold["files"]:
        host = item["file"].removesuffix(".robots.txt")
        parser = ProtegoRobotParser((outside_data / "pages/robots" / item["file"]).read_bytes(), None)
        for check in item["checks"]:
            assert allowed(parser, f"https://{host}{check['path']}") is check["allowed"], (host, check)
            checked += 1
        assert parser.crawl_delay(AGENT) == item["crawl_delay"], host
    assert checked == sum(len(item["checks"]) for item in gold["files"]) > 30


def test_eth_17_three_seconds_is_the_least_except_on_this_machine() -> None:
    assert delay_for("board.example", 0.0, 0.0) == 3.0
    assert delay_for("board.example", 10.0, 4.5) == 10.0
    assert delay_for("127.0.0.1", 0.0) == 0.0
    assert delay_for("localhost", 0.5) == 0.5


@pytest.mark.parametrize("host", ["board.example", "127.0.0.1.example", "10.0.0.1", "192.168.1.1", "mylocalhost", ""])
def test_a_host_elsewhere_is_not_taken_for_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {}, b""),
        (429, {}, b""),
        (401, {}, b""),
        (451, {}, b""),
        (200, {"cf-mitigated": "challenge"}, b""),
        (503, {}, b"<html><title>Just a moment...</title>"),
        (200, {}, b"<title>DDoS-Guard</title>"),
        (200, {}, b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>'),
    ],
)
def test_eth_16_a_no_is_known_as_a_no(status: int, headers: dict[str, str], body: bytes) -> None:
    assert refused(HtmlResponse("https://board.example/", status=status, headers=headers, body=body))


@pytest.mark.parametrize(("status", "body"), [(200, "<h1>Швея</h1>".encode()), (503, b"busy"), (404, b"")])
def test_an_ordinary_answer_is_no_refusal(status: int, body: bytes) -> None:
    assert refused(HtmlResponse("https://board.example/", status=status, body=body)) is None
