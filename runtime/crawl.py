"""Runs one crawl of one source as a leashed subprocess, within its time, and closes its run in the crawl database.

One subprocess a run: it isolates the parser's memory and crashes, can be killed on time, and picks up new code. The
verdict is written by the crawler's own extension; scrapy's exit code is 0 even when every request was refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence

import structlog

from crawlers.launch import command as crawl_command
from crawlers.register import Source
from runtime import leash
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
    with log_path.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *leash.command(*arguments),
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        note = await _wait(process, context.settings.crawl.run_limit_seconds)
    with context.store.crawl.begin() as connection:
        closed = runs.get(connection, run.id)
        if closed is not None and closed.outcome is not None:
            return closed.outcome
        reason = note or f"the crawler ended with code {process.returncode} before it wrote its verdict; see {log_path}"
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


async def _wait(process: Process, limit_seconds: float) -> str | None:
    try:
        await asyncio.wait_for(process.wait(), limit_seconds)
    except TimeoutError:
        await _stop(process)
        return f"stopped after {limit_seconds:.0f} s, the limit of crawl.run_limit_seconds"
    except asyncio.CancelledError:
        await _stop(process)
        raise
    return None


async def _stop(process: Process) -> None:
    # The first TERM asks scrapy to end gracefully and waits for open requests; the second one ends it at once.
    for grace in (FIRST_GRACE_SECONDS, SECOND_GRACE_SECONDS):
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace)
            return
    _signal(process, signal.SIGKILL)
    await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
