"""What is still to be done: one row per (stage, key), claimed under a lease, retried with a growing pause."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, and_, case, delete, func, or_, select, update

from store.tables import work
from store.upsert import insert_for

LEASE_SECONDS = 300.0
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
MOST_ATTEMPTS = 8
_LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True)
class Job:
    """Claimed work. `generation` tells whether new work came in while this was done, `lease` whose claim it is."""

    stage: str
    key: str
    generation: int
    attempts: int
    lease: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that failed its last attempt and waits for a person."""

    stage: str
    key: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of one stage is waiting (due or pausing), running and dead."""

    waiting: int
    running: int
    dead: int


def add(connection: Connection, stage: str, keys: Iterable[str], due: datetime) -> None:
    """Ask for work. A row that is there already becomes due by `due`, alive and of a new generation.

    Asked for while it is being done, it is done once more afterwards. Keys go in order, so that two transactions
    that ask for the same work wait for each other and never in a circle.
    """
    rows = [
        {"stage": stage, "key": key, "due": due, "generation": 1, "attempts": 0, "waits": 0, "dead": False}
        for key in sorted(set(keys))
    ]
    if rows:
        connection.execute(_ask(connection.dialect.name), rows)


def claim(
    connection: Connection, stage: str, limit: int, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> list[Job]:
    """Take up to `limit` due jobs, the longest due first. A lease that ran out, because its holder died, is due again.

    A job whose holder died at every attempt is set aside with the dead: it would go on to kill workers for ever.
    """
    _bury(connection, stage, now)
    free = or_(work.c.leased_until.is_(None), work.c.leased_until <= now)
    chosen = (
        select(work.c.key)
        .where(work.c.stage == stage, work.c.dead.is_(False), work.c.due <= now, free)
        .order_by(work.c.due, work.c.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = list(connection.execute(chosen).scalars())
    if not keys:
        return []
    lease = secrets.token_hex(8)
    taken = (
        update(work)
        .where(work.c.stage == stage, work.c.key.in_(keys))
        .values(leased_until=now + timedelta(seconds=lease_seconds), lease=lease, attempts=work.c.attempts + 1)
        .returning(work.c.key, work.c.generation, work.c.attempts)
    )
    order = {key: place for place, key in enumerate(keys)}
    jobs = [Job(stage, row.key, row.generation, row.attempts, lease) for row in connection.execute(taken)]
    return sorted(jobs, key=lambda job: order[job.key])


def done(connection: Connection, job: Job) -> None:
    """Close a job. If it was asked for again meanwhile it stays, free to be claimed.

    A job whose lease has run out and gone to another worker is left to that one.
    """
    mine = _mine(job)
    gone = connection.execute(delete(work).where(mine, work.c.generation == job.generation))
    if not gone.rowcount:
        connection.execute(update(work).where(mine).values(leased_until=None, lease=None, attempts=0, waits=0))


def failed(connection: Connection, job: Job, error: str, now: datetime) -> bool:
    """Give a job back with its error; returns True when that was the last attempt and it is dead now.

    If it was asked for again meanwhile, the failure was about what is no longer so: it starts afresh.
    """
    dead = job.attempts >= MOST_ATTEMPTS
    pause = timedelta(seconds=_pause_seconds(job.attempts))
    same = work.c.generation == job.generation
    values = {
        "leased_until": None,
        "lease": None,
        "error": error[:_LONGEST_ERROR],
        "dead": dead,
        "due": now + pause,
    }
    if connection.execute(update(work).where(_mine(job), same).values(values)).rowcount:
        return dead
    connection.execute(update(work).where(_mine(job)).values(leased_until=None, lease=None, attempts=0))
    return False


def postpone(connection: Connection, job: Job, reason: str, now: datetime) -> None:
    """Give a job back that is not to blame: the other side is down. It never dies of that, it only waits longer."""
    waits = connection.execute(select(work.c.waits).where(_mine(job))).scalar_one_or_none()
    if waits is None:
        return
    values = {
        "leased_until": None,
        "lease": None,
        "error": reason[:_LONGEST_ERROR],
        "due": now + timedelta(seconds=_pause_seconds(waits + 1)),
        "attempts": job.attempts - 1,
        "waits": waits + 1,
    }
    connection.execute(update(work).where(_mine(job)).values(values))


def release_all(connection: Connection) -> int:
    """Free every lease: for the start of the only worker on this store, when every holder is known to be dead."""
    held = update(work).where(work.c.leased_until.is_not(None))
    return connection.execute(held.values(leased_until=None, lease=None)).rowcount


def drop(connection: Connection, keys: Iterable[str]) -> None:
    """Forget all work on these keys, since what they name is gone."""
    connection.execute(delete(work).where(work.c.key.in_(sorted(set(keys)))))


def dead_letters(connection: Connection, stage: str | None = None) -> list[DeadLetter]:
    """What waits for a person, by stage and key."""
    query = select(work).where(work.c.dead.is_(True)).order_by(work.c.stage, work.c.key)
    if stage is not None:
        query = query.where(work.c.stage == stage)
    return [DeadLetter(row.stage, row.key, row.attempts, row.error or "") for row in connection.execute(query)]


def retry(connection: Connection, now: datetime, stage: str | None = None, key: str | None = None) -> int:
    """Give dead work another life; returns how many rows."""
    values = {"dead": False, "attempts": 0, "waits": 0, "due": now, "leased_until": None, "lease": None}
    statement = update(work).where(work.c.dead.is_(True)).values(values)
    if stage is not None:
        statement = statement.where(work.c.stage == stage)
    if key is not None:
        statement = statement.where(work.c.key == key)
    return connection.execute(statement).rowcount


def counts(connection: Connection, now: datetime) -> dict[str, Counts]:
    """Waiting, running and dead work by stage."""
    running = func.sum(func.coalesce(and_(work.c.dead.is_(False), work.c.leased_until > now), False).cast(Integer))
    dead = func.sum(work.c.dead.cast(Integer))
    query = select(work.c.stage, func.count(), running, dead).group_by(work.c.stage).order_by(work.c.stage)
    return {
        stage: Counts(total - (busy or 0) - (lost or 0), busy or 0, lost or 0)
        for stage, total, busy, lost in connection.execute(query)
    }


@lru_cache(maxsize=2)
def _ask(dialect: str) -> Any:
    statement = insert_for(dialect, work)
    sooner = case((work.c.due < statement.excluded.due, work.c.due), else_=statement.excluded.due)
    again = {
        "generation": work.c.generation + 1,
        "due": sooner,
        "dead": False,
        "attempts": 0,
        "waits": 0,
        "error": None,
    }
    return statement.on_conflict_do_update(index_elements=["stage", "key"], set_=again)


def _bury(connection: Connection, stage: str, now: datetime) -> None:
    lost = (work.c.stage == stage, work.c.dead.is_(False), work.c.leased_until <= now)
    error = f"its worker died {MOST_ATTEMPTS} times while doing it, the last time without a word"
    values = {"dead": True, "leased_until": None, "lease": None, "error": error}
    connection.execute(update(work).where(*lost, work.c.attempts >= MOST_ATTEMPTS).values(values))


def _mine(job: Job) -> Any:
    return and_(work.c.stage == job.stage, work.c.key == job.key, work.c.lease == job.lease)


def _pause_seconds(attempts: int) -> float:
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE_SECONDS)
