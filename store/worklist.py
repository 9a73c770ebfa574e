"""What is still to be done: one row per (stage, key), claimed under a lease, retried with a growing pause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Integer, and_, delete, func, or_, select, update

from store.tables import work
from store.upsert import insert

LEASE_SECONDS = 300.0
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
MOST_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Job:
    """Claimed work. `generation` tells whether new work came in while this was done."""

    stage: str
    key: str
    generation: int
    attempts: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that failed its last attempt and waits for a person."""

    stage: str
    key: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of one stage is waiting, running and dead."""

    waiting: int
    running: int
    dead: int


def add(connection: Connection, stage: str, keys: Iterable[str], due: datetime) -> None:
    """Ask for work. A row that is there already becomes due, alive and of a new generation."""
    rows = [
        {"stage": stage, "key": key, "due": due, "generation": 1, "attempts": 0, "dead": False}
        for key in dict.fromkeys(keys)
    ]
    if not rows:
        return
    statement = insert(connection, work)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["stage", "key"],
            set_={"generation": work.c.generation + 1, "due": due, "dead": False, "attempts": 0, "error": None},
        ),
        rows,
    )


def claim(
    connection: Connection, stage: str, limit: int, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> list[Job]:
    """Take up to `limit` due jobs, oldest first. A lease that ran out, because its holder died, is due again."""
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
    taken = (
        update(work)
        .where(work.c.stage == stage, work.c.key.in_(keys))
        .values(leased_until=now + timedelta(seconds=lease_seconds), attempts=work.c.attempts + 1)
        .returning(work.c.key, work.c.generation, work.c.attempts)
    )
    order = {key: place for place, key in enumerate(keys)}
    jobs = [Job(stage, row.key, row.generation, row.attempts) for row in connection.execute(taken)]
    return sorted(jobs, key=lambda job: order[job.key])


def done(connection: Connection, job: Job) -> None:
    """Close a job. If it was asked for again meanwhile it stays, free to be claimed."""
    mine = and_(work.c.stage == job.stage, work.c.key == job.key)
    gone = connection.execute(delete(work).where(mine, work.c.generation == job.generation))
    if not gone.rowcount:
        connection.execute(update(work).where(mine).values(leased_until=None, attempts=0))


def failed(connection: Connection, job: Job, error: str, now: datetime) -> bool:
    """Give a job back with its error; returns True when that was the last attempt and it is dead now."""
    dead = job.attempts >= MOST_ATTEMPTS
    pause = min(FIRST_PAUSE_SECONDS * 2 ** (job.attempts - 1), LONGEST_PAUSE_SECONDS)
    connection.execute(
        update(work)
        .where(work.c.stage == job.stage, work.c.key == job.key)
        .values(leased_until=None, dead=dead, error=error[:2000], due=now + timedelta(seconds=pause))
    )
    return dead


def postpone(connection: Connection, job: Job, reason: str, now: datetime) -> None:
    """Give a job back that is not to blame: the other side is down. It never dies of that, it only waits longer."""
    pause = min(FIRST_PAUSE_SECONDS * 2 ** min(job.attempts - 1, 6), LONGEST_PAUSE_SECONDS)
    connection.execute(
        update(work)
        .where(work.c.stage == job.stage, work.c.key == job.key)
        .values(leased_until=None, error=reason[:2000], due=now + timedelta(seconds=pause))
    )


def release_all(connection: Connection) -> int:
    """Free every lease: for the start of the only worker on this store, when every holder is known to be dead."""
    return connection.execute(update(work).where(work.c.leased_until.is_not(None)).values(leased_until=None)).rowcount


def dead_letters(connection: Connection, stage: str | None = None) -> list[DeadLetter]:
    """What waits for a person, by stage and key."""
    query = select(work).where(work.c.dead.is_(True)).order_by(work.c.stage, work.c.key)
    if stage is not None:
        query = query.where(work.c.stage == stage)
    return [DeadLetter(row.stage, row.key, row.attempts, row.error or "") for row in connection.execute(query)]


def retry(connection: Connection, now: datetime, stage: str | None = None, key: str | None = None) -> int:
    """Give dead work another life; returns how many rows."""
    statement = update(work).where(work.c.dead.is_(True)).values(dead=False, attempts=0, due=now, leased_until=None)
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
