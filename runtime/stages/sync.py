"""Hop 5: documents -> index and matches. Matches are stored before the outbox row goes, so that none is lost."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from alerts.match import match as match_watches
from chyrak.errors import AskOperator, RetryLater
from indexer import Applied
from runtime.context import Context, now
from runtime.indexing import Prepared, prepare, still_so
from runtime.reconciling import keep_in_step
from runtime.reindexing import refill_if_lost
from store import matches, watches, worklist
from store.worklist import Job

log = structlog.get_logger(__name__)


def drain(context: Context, limit: int) -> int:
    """Match and index up to `limit` postings; returns how many. Engine down: they are matched, and wait.

    An index that was lost, damaged or made by another version is filled anew first. With nothing to do, index and
    store are compared when that is due.
    """
    with context.store.main.begin() as connection:
        jobs = worklist.claim(connection, "sync", limit, now())
    try:
        if jobs:
            prepared = prepare(context, [job.key for job in jobs])
            _match(context, prepared)
        refill_if_lost(context)
        if not jobs:
            keep_in_step(context)
            return 0
        applied = _write(context, prepared)
    except (RetryLater, AskOperator) as fault:
        _give_back(context, jobs, fault)
        log.warning("index not reached; its work waits", fault=str(fault))
        return 0
    failed = dict(applied.failed)
    with context.store.main.begin() as connection:
        for job in jobs:
            if job.key in failed:
                worklist.failed(connection, job, failed[job.key], now())
            else:
                worklist.done(connection, job)
    return len(jobs)


def _match(context: Context, prepared: Prepared) -> None:
    with context.store.main.read() as connection:
        standing = watches.every(connection, paused=False)
    report = match_watches(prepared.documents, standing, now(), revs=prepared.revs)
    with context.store.main.begin() as connection:
        matches.record(connection, report.matches)
    for watch_id, message in report.broken:
        log.error("watch cannot be asked", watch=watch_id, fault=message)


def _write(context: Context, prepared: Prepared) -> Applied:
    with context.engine.writer():
        return context.engine.apply(still_so(context, prepared.changes))


def _give_back(context: Context, jobs: Sequence[Job], fault: Exception) -> None:
    with context.store.main.begin() as connection:
        for job in jobs:
            worklist.postpone(connection, job, str(fault), now())
