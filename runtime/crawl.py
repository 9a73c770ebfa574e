"""Runs one crawl of one source in a process of its own, within its time, and closes its run in the crawl database.

The verdict is written by the crawler's own extension; scrapy's exit code is 0 even when every request was refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from multiprocessing.process import BaseProcess

import structlog

from crawlers.launch import command as crawl_command
from crawlers.register import Source
from runtime import nursery
from runtime.context import Context, now
from store.crawl import runs

FIRST_GRACE_SECONDS = 20.0
SECOND_GRACE_SECONDS = 5.0

log = structlog.get_logger(__name__)


async def crawl_source(context: Context, source: Source) -> str:
    """Crawl `source` now and return the run's outcome; `running` when another process crawls it already."""
    with context.store.crawl.begin() as connection:
        run = runs.open_run(connection, source.id, now())
    if run is None:
        return "running"
    arguments, environment = crawl_command(source, context.settings, run.id)
    log_path = context.home / "log" / f"crawl-{source.id}.log"
    process = nursery.start(arguments, environment, log_path)
    note = await _wait(process, context.settings.crawl.run_limit_seconds)
    with context.store.crawl.begin() as connection:
        closed = runs.get(connection, run.id)
        if closed is not None and closed.outcome is not None:
            return closed.outcome
        reason = note or f"the crawler ended with code {process.exitcode} before it wrote its verdict; see {log_path}"
        runs.close_run(connection, run.id, "failing", {"note": reason}, now())
    log.warning("crawl failed", source=source.id, note=reason)
    return "failing"


async def crawl_sources(context: Context, sources: Sequence[Source]) -> dict[str, str]:
    """Crawl several sources, at most `crawl.at_once` at a time; outcome by source id."""
    slots = asyncio.Semaphore(context.settings.crawl.at_once)

    async def one(source: Source) -> tuple[str, str]:
        async with slots:
            return source.id, await crawl_source(context, source)

    return dict(await asyncio.gather(*(one(source) for source in sources)))


async def _wait(process: BaseProcess, limit_seconds: float) -> str | None:
    try:
        await asyncio.wait_for(_ended(process), limit_seconds)
    except TimeoutError:
        await _stop(process)
        return f"stopped after {limit_seconds:.0f} s, the limit of crawl.run_limit_seconds"
    except asyncio.CancelledError:
        await _stop(process)
        raise
    return None


async def _ended(process: BaseProcess) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()


async def _stop(process: BaseProcess) -> None:
    # The first TERM asks scrapy to end gracefully and waits for open requests; the second one ends it at once.
    for grace in (FIRST_GRACE_SECONDS, SECOND_GRACE_SECONDS):
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_ended(process), grace)
            return
    _signal(process, signal.SIGKILL)
    await _ended(process)


def _signal(process: BaseProcess, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if process.pid:
            os.killpg(process.pid, number)
