"""The clock: one APScheduler job per source with its own cadence and jitter, and a heartbeat.

Once a day it also lets go of what is over its time (ETH-11). The truth of what is due lives in the crawl database, so a
restart goes on where it was and a "crawl now" from the web or the command line is picked up at the next heartbeat. Late
jobs run once (coalesced), however late.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from chyrak.errors import AskOperator, RetryLater
from crawlers.register import Source
from runtime.context import Context, now
from runtime.crawl import crawl_source
from runtime.expiring import expire
from store.crawl import lease, runs, schedule

HEARTBEAT_SECONDS = 5.0
EXPIRE_SECONDS = 24 * 3600.0
JITTER_SHARE = 0.1
LEASE_SECONDS = 30.0
_LEASE = "clock"

log = structlog.get_logger(__name__)


async def keep_time(context: Context) -> None:
    """Crawl every enabled source on its cadence until TERM or Ctrl-C; one clock per store, kept by a lease."""
    owner = f"{os.uname().nodename}:{os.getpid()}"
    await _take_lease(context, owner)
    with context.store.crawl.begin() as connection:
        runs.lost(connection, now())
    clock = _Clock(context, owner)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    clock.start()
    try:
        await ending.wait()
    finally:
        await clock.stop()
        with context.store.crawl.begin() as connection:
            lease.drop(connection, _LEASE, owner)


class _Clock:
    def __init__(self, context: Context, owner: str) -> None:
        self._context = context
        self._owner = owner
        self._slots = asyncio.Semaphore(context.settings.crawl.at_once)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known: dict[str, Source] = {}
        # misfire_grace_time None: a job that is late, because the laptop slept, is run and not dropped.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        self._scheduler.add_job(
            self._heartbeat,
            IntervalTrigger(seconds=HEARTBEAT_SECONDS, timezone="UTC"),
            id="heartbeat",
            next_run_time=now(),
        )
        self._scheduler.add_job(
            self._expire,
            IntervalTrigger(seconds=EXPIRE_SECONDS, timezone="UTC"),
            id="expire",
            next_run_time=now() + timedelta(seconds=HEARTBEAT_SECONDS),
        )
        self._scheduler.start()

    async def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _heartbeat(self) -> None:
        with self._context.store.crawl.begin() as connection:
            lease.take(connection, _LEASE, self._owner, now(), LEASE_SECONDS)
        self._read_register()
        with self._context.store.crawl.read() as connection:
            asked = [row.source for row in schedule.due(connection, now()) if row.run_now]
        for source_id in asked:
            await self._launch(source_id)

    async def _expire(self) -> None:
        await asyncio.to_thread(expire, self._context)

    def _read_register(self) -> None:
        try:
            register = self._context.register
        except AskOperator as fault:
            log.error("the source register cannot be read; the sources known so far go on", fault=str(fault))
            return
        enabled = {source.id: source for source in register.values() if source.enabled}
        with self._context.store.crawl.begin() as connection:
            schedule.sync_sources(connection, [(source.id, source.every_seconds) for source in enabled.values()], now())
            rows = {row.source: row for row in schedule.every(connection)}
        for gone in self._known.keys() - enabled.keys():
            self._scheduler.remove_job(gone)
        for source_id, source in enabled.items():
            if self._known.get(source_id) != source:
                self._set_job(source, source.opens_at(max(rows[source_id].next_due, now())))
        self._known = enabled

    def _set_job(self, source: Source, first: datetime) -> None:
        self._scheduler.add_job(
            self._launch,
            IntervalTrigger(seconds=source.every_seconds, timezone="UTC"),
            args=[source.id],
            id=source.id,
            replace_existing=True,
            next_run_time=first,
        )

    async def _launch(self, source_id: str) -> None:
        source = self._known.get(source_id)
        if source is None or source_id in self._running:
            return
        task = asyncio.get_running_loop().create_task(self._crawl(source), name=f"crawl {source_id}")
        self._running[source_id] = task
        task.add_done_callback(lambda _task: self._running.pop(source_id, None))

    async def _crawl(self, source: Source) -> None:
        async with self._slots:
            with self._context.store.crawl.read() as connection:
                row = next((row for row in schedule.every(connection) if row.source == source.id), None)
            if row is not None and row.paused:
                return
            outcome = await crawl_source(self._context, source)
            following = next_crawl(source, now())
            with self._context.store.crawl.begin() as connection:
                schedule.set_next(connection, source.id, following)
            if self._known.get(source.id) == source and self._scheduler.running:
                self._scheduler.modify_job(source.id, next_run_time=following)
            log.info("crawled", source=source.id, outcome=outcome)


def next_crawl(source: Source, ended: datetime) -> datetime:
    """When a source whose crawl has ended is due again: a cadence later, or when its hours open after that."""
    spread = source.every_seconds * JITTER_SHARE
    later = random.uniform(-spread, spread)  # noqa: S311 - so that sources do not march in step
    return source.opens_at(ended + timedelta(seconds=source.every_seconds + later))


async def _take_lease(context: Context, owner: str) -> None:
    deadline = asyncio.get_running_loop().time() + 2 * LEASE_SECONDS
    while True:
        with context.store.crawl.begin() as connection:
            if lease.take(connection, _LEASE, owner, now(), LEASE_SECONDS):
                return
        if asyncio.get_running_loop().time() > deadline:
            raise RetryLater("Another clock holds the lease on this store. Stop it; one clock crawls for one store.")
        await asyncio.sleep(1.0)
