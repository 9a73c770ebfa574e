"""Hop 5: documents -> index and matches. Matches are stored before the outbox row goes, so that none is lost."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

import store.postings
import store.readings
import store.vault
from alerts.match import match as match_watches
from chyrak.errors import AskOperator, RetryLater
from indexer import Document, Removal, build
from runtime.context import Context, now
from store import campaigns, decisions, matches, watches, worklist
from store.worklist import Job

log = structlog.get_logger(__name__)


def drain(context: Context, limit: int) -> int:
    """Index and match up to `limit` postings; returns how many. Engine down: all wait."""
    with context.store.main.begin() as connection:
        jobs = worklist.claim(connection, "sync", limit, now())
    if not jobs:
        return 0
    try:
        batch = documents(context, [job.key for job in jobs])
        with context.store.main.read() as connection:
            revs = {key: p.rev for key, p in store.postings.many(connection, [job.key for job in jobs]).items()}
            standing = watches.every(connection, paused=False)
        live = [item for item in batch if isinstance(item, Document)]
        report = match_watches(live, standing, now(), revs=revs)
        with context.store.main.begin() as connection:
            matches.record(connection, report.matches)
        applied = context.engine.apply(batch)
    except (RetryLater, AskOperator) as fault:
        _give_back(context, jobs, fault)
        log.warning("index not reached; its work waits", fault=str(fault))
        return 0
    for watch_id, message in report.broken:
        log.error("watch cannot be asked", watch=watch_id, fault=message)
    failed = dict(applied.failed)
    with context.store.main.begin() as connection:
        for job in jobs:
            if job.key in failed:
                worklist.failed(connection, job, failed[job.key], now())
            else:
                worklist.done(connection, job)
    return len(jobs)


def documents(context: Context, ids: Sequence[str]) -> list[Document | Removal]:
    """The search document of each posting; a removal for one the store no longer holds."""
    with context.store.main.read() as connection:
        postings = store.postings.many(connection, ids)
        readings = store.readings.many(connection, ids)
        versions = store.postings.index_versions(connection, ids)
        contacts = store.vault.of(connection, ids)
        grouped = campaigns.of(connection, ids)
        standing = decisions.states(connection, ids)
    return [
        build(
            postings[key],
            readings.get(key),
            version=versions[key],
            contact_links=[contact.link for contact in contacts[key]],
            campaign=grouped.get(key),
            decision_state=standing[key],
        )
        if key in postings
        else Removal(key, _LAST_VERSION)
        for key in ids
    ]


# An erased posting has no version any more; whatever the index holds of it is older than its removal.
_LAST_VERSION = 2**31 - 1


def _give_back(context: Context, jobs: Sequence[Job], fault: Exception) -> None:
    with context.store.main.begin() as connection:
        for job in jobs:
            worklist.postpone(connection, job, str(fault), now())
