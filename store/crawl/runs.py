"""Crawl runs: at most one open per source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from store.tables import run
from store.upsert import insert

OUTCOMES = ("ok", "quiet", "failing", "refused", "lost")


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of one source. `outcome` is None while it goes on; `stats` holds counts and a `note`."""

    id: int
    source: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    stats: Mapping[str, Any]


_COLUMNS = [run.c[name] for name in Run.__slots__]


def open_run(connection: Connection, source: str, now: datetime) -> Run | None:
    """Begin a run; None when another one of this source is open."""
    row = {"source": source, "started_at": now, "stats": {}, "open_for": source}
    statement = insert(connection, run).values(row).on_conflict_do_nothing(index_elements=["open_for"])
    number = connection.execute(statement.returning(run.c.id)).scalar_one_or_none()
    return None if number is None else Run(number, source, now, None, None, {})


def close_run(connection: Connection, run_id: int, outcome: str, stats: Mapping[str, Any], now: datetime) -> None:
    """End a run with its verdict; a run that has one keeps it."""
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome!r} is none of {OUTCOMES}")
    values = {"outcome": outcome, "stats": dict(stats), "ended_at": now, "open_for": None}
    connection.execute(update(run).where(run.c.id == run_id, run.c.ended_at.is_(None)).values(values))


def lost(connection: Connection, now: datetime) -> int:
    """Close every open run as lost: for the start of the only clock, when no crawler can be alive."""
    values = {"outcome": "lost", "ended_at": now, "open_for": None, "stats": {"note": "its process died"}}
    return connection.execute(update(run).where(run.c.ended_at.is_(None)).values(values)).rowcount


def get(connection: Connection, run_id: int) -> Run | None:
    """One run."""
    row = connection.execute(select(*_COLUMNS).where(run.c.id == run_id)).one_or_none()
    return Run(*row) if row else None


def recent(connection: Connection, source: str, limit: int) -> list[Run]:
    """The newest runs of a source, newest first."""
    query = select(*_COLUMNS).where(run.c.source == source).order_by(run.c.id.desc()).limit(limit)
    return [Run(*row) for row in connection.execute(query)]
