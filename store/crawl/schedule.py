"""When each source is due, and the switches a person has over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from store.tables import schedule
from store.upsert import insert


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """`paused` is the kill switch of a source; `run_now` asks for a crawl at the next heartbeat."""

    source: str
    every_seconds: int
    next_due: datetime
    run_now: bool
    paused: bool


def sync_sources(connection: Connection, sources: Sequence[tuple[str, int]], now: datetime) -> None:
    """Make the schedule list exactly these (source, cadence); a new one is due at once, a known one keeps its time."""
    connection.execute(update(schedule).values(listed=False))
    for source, every in sources:
        row = {"source": source, "every_seconds": every, "next_due": now, "listed": True}
        statement = insert(connection, schedule).values(run_now=False, paused=False, **row)
        again = {"every_seconds": every, "listed": True}
        connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=again))


def every(connection: Connection) -> list[ScheduleRow]:
    """All sources in the register, by id."""
    columns = [schedule.c[name] for name in ScheduleRow.__slots__]
    query = select(*columns).where(schedule.c.listed.is_(True)).order_by(schedule.c.source)
    return [ScheduleRow(*row) for row in connection.execute(query)]


def due(connection: Connection, now: datetime) -> list[ScheduleRow]:
    """Sources that should be crawled now."""
    columns = [schedule.c[name] for name in ScheduleRow.__slots__]
    ready = or_(schedule.c.next_due <= now, schedule.c.run_now.is_(True))
    query = select(*columns).where(schedule.c.listed.is_(True), schedule.c.paused.is_(False), ready)
    return [ScheduleRow(*row) for row in connection.execute(query.order_by(schedule.c.next_due, schedule.c.source))]


def set_next(connection: Connection, source: str, at: datetime) -> None:
    """Note when a source is due next, and that no crawl is asked for any more."""
    connection.execute(update(schedule).where(schedule.c.source == source).values(next_due=at, run_now=False))


def run_now(connection: Connection, source: str) -> bool:
    """Ask for a crawl at the next heartbeat; False for an unknown source."""
    return bool(connection.execute(update(schedule).where(schedule.c.source == source).values(run_now=True)).rowcount)


def pause(connection: Connection, source: str, paused: bool) -> bool:
    """Throw or release the kill switch of a source; False for an unknown one."""
    statement = update(schedule).where(schedule.c.source == source).values(paused=paused)
    return bool(connection.execute(statement).rowcount)
