"""The verdict on a run. Scrapy's exit code is 0 even when every request was refused, so it is made from the tally."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawlers.run import Tally
from store.crawl import runs

if TYPE_CHECKING:
    from crawlers.spiders.base import SourceSpider


def judge(tally: Tally, reason: str) -> str:
    """The outcome of a run that Scrapy ended for `reason`: ok, quiet, failing or refused.

    ok: something was read, or everything is as it was. quiet: whole answers without one item. failing: nothing could
    be read (or nothing was asked, without a reason of ours). refused: the site or its robots.txt said no.
    """
    if tally.refused:
        return "refused"
    if not tally.answers:
        return "quiet" if tally.cut and not tally.failed else "failing"
    if tally.items or tally.not_modified:
        return "ok"
    if tally.failed or tally.lists_failed or reason != "finished":
        return "failing"
    return "quiet"


def figures(tally: Tally, reason: str, now: datetime, stale_after_seconds: int) -> dict[str, Any]:
    """What is kept of the run beside its outcome: counts, the newest item's date, and a `note` for a person."""
    newest = tally.newest_item
    stale = newest is not None and now - newest > timedelta(seconds=stale_after_seconds)
    notes = [*filter(None, (tally.refused, tally.cut)), *tally.trouble]
    if reason != "finished":
        notes.append(f"the run was ended early: {reason}")
    if stale and newest is not None:
        notes.append(f"the newest item is of {newest:%Y-%m-%d}")
    counts = (
        "requests",
        "answers",
        "unchanged",
        "captures",
        "items",
        "gone",
        "forbidden",
        "offsite",
        "failed",
        "unreadable",
    )
    return {
        **{name: getattr(tally, name) for name in counts},
        "newest_item": newest.isoformat() if newest else None,
        "stale": stale,
        "ended": reason,
        "note": "; ".join(notes)[:2000],
    }


class Verdict:
    """Extension: closes the run in the crawl database when the spider closes."""

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals.connect(self._spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def _spider_closed(self, spider: SourceSpider, reason: str) -> None:
        now = datetime.now(UTC)
        tally = spider.tally
        outcome = judge(tally, reason)
        spider.run.settle(outcome == "ok" and reason == "finished" and not tally.failed and not tally.cut, now)
        stats = figures(tally, reason, now, spider.source.stale_seconds)
        with spider.run.store.crawl.begin() as connection:
            runs.close_run(connection, spider.run.id, outcome, stats, now)
        spider.run.store.close()
        spider.logger.info("source %s: %s; %s", spider.source.id, outcome, stats)
