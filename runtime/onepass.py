"""One pass: crawl every enabled source, drain every stage, and say what the store holds afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chyrak.errors import AskOperator, RetryLater
from runtime import stages
from runtime.context import Context, now
from runtime.crawl import crawl_sources
from runtime.reindexing import refill_if_lost
from store import mails, overview, worklist
from store.crawl import runs, schedule

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of one pass. `new_postings`, `mails` and `seconds` are this pass's, the rest are totals."""

    sources: int
    postings: int
    new_postings: int
    flagged: dict[int, int]
    campaigns: int
    indexed: int
    matches: int
    mails: int
    seconds: float


def one_pass(context: Context, review: Callable[[Context], int] | None = None) -> Summary:
    """Crawl, read, group, index, match, let `review` decide, mail. Only one process may do this on one home.

    Mails are composed last, when everything is decided, so that a pass that died in the middle and is done again ends
    in the same digests.
    """
    began = time.monotonic()
    _take_over(context)
    enabled = [source for source in context.register.values() if source.enabled]
    with context.store.crawl.begin() as connection:
        schedule.sync_sources(connection, [(source.id, source.every_seconds) for source in enabled], now())
    with context.store.main.read() as connection:
        before = overview.totals(connection)
    asyncio.run(crawl_sources(context, enabled))
    stages.drain_all(context, ("parse", "read", "group", "sync"))
    context.engine.refresh()
    while review is not None and review(context):
        stages.drain_all(context, ("sync",))
    stages.drain_all(context, ("mail",))
    with context.store.main.read() as connection:
        after = overview.totals(connection)
    context.engine.refresh()
    return Summary(
        sources=len(enabled),
        postings=after.postings,
        new_postings=after.postings - before.postings,
        flagged=after.flagged,
        campaigns=after.campaigns,
        indexed=context.engine.count(),
        matches=sum(after.matches.values()),
        mails=after.mails - before.mails,
        seconds=round(time.monotonic() - began, 1),
    )


def _take_over(context: Context) -> None:
    """Free what an earlier process on this home held when it died, and what a relay turned away."""
    with context.store.main.begin() as connection:
        worklist.release_all(connection)
        mails.hurry(connection, now())
    with context.store.crawl.begin() as connection:
        runs.lost(connection, now())
    try:
        refill_if_lost(context)  # before there is much: a new home's index is empty, and so is its store
    except (RetryLater, AskOperator) as fault:
        log.warning("index not reached; its work waits", fault=str(fault))
