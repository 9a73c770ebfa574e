"""Claims a batch of work, keeps what was computed in one transaction, and gives back what failed with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from runtime.context import Context, now
from store import worklist

log = structlog.get_logger(__name__)

Keep = Callable[[Connection], None]
"""Writes one job's result; called inside the transaction that closes the job."""


def work_off(
    context: Context, stage: str, limit: int, compute: Callable[[Sequence[worklist.Job]], dict[str, Keep | Exception]]
) -> int:
    """Claim up to `limit` jobs of `stage`, compute their results outside any transaction, keep them all in one.

    `compute` answers per key with what keeps the result, or with the exception that prevented it; the latter is
    retried with a growing pause and set aside after the last attempt, where a person sees it. Returns the number of
    jobs claimed.
    """
    with context.store.main.begin() as connection:
        jobs = worklist.claim(connection, stage, limit, now())
    if not jobs:
        return 0
    results = compute(jobs)
    with context.store.main.begin() as connection:
        for job in jobs:
            result = results.get(job.key)
            if isinstance(result, Exception):
                dead = worklist.failed(connection, job, f"{type(result).__name__}: {result}", now())
                log.warning("work failed", stage=stage, posting=job.key, fault=str(result), dead=dead)
                continue
            if result is not None:
                result(connection)
            worklist.done(connection, job)
    return len(jobs)
