"""Crawl runs: at most one open per source."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from store.tables import run
from store.upsert import insert

OUTCOMES = ("ok", "quiet", "failing", "refused", "lost")
LONGEST_RUN = timedelta(hours=6)
_LOST = {"note": "its process died before it wrote a verdict"}


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
    """Begin a run; None when another one of this source is open. A run whose process is dead is closed as lost."""
    _give_up(connection, now, run.c.open_for == source)
    row = {"source": source, "started_at": now, "stats": {}, "open_for": source, "owner": _me()}
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
    """Close as lost every open run whose process is dead, or that is older than any run may be; returns how many.

    A run opened on another machine is judged by its age alone.
    """
    return _give_up(connection, now, run.c.ended_at.is_(None))


def _give_up(connection: Connection, now: datetime, which: ColumnElement[bool]) -> int:
    given_up = 0
    for row in connection.execute(select(run.c.id, run.c.owner, run.c.started_at).where(which)).all():
        if _alive(row.owner) and now - row.started_at < LONGEST_RUN:
            continue
        values = {"outcome": "lost", "ended_at": now, "open_for": None, "stats": _LOST}
        mine = (run.c.id == row.id, run.c.ended_at.is_(None))
        given_up += connection.execute(update(run).where(*mine).values(values)).rowcount
    return given_up


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def _alive(owner: str) -> bool:
    host, number, started = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return started == _started(int(number))


def _started(number: int) -> str:
    """When a process began, in ticks since the machine did: in a container the same number comes again every start."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def get(connection: Connection, run_id: int) -> Run | None:
    """One run."""
    row = connection.execute(select(*_COLUMNS).where(run.c.id == run_id)).one_or_none()
    return Run(*row) if row else None


def recent(connection: Connection, source: str, limit: int) -> list[Run]:
    """The newest runs of a source, newest first."""
    query = select(*_COLUMNS).where(run.c.source == source).order_by(run.c.id.desc()).limit(limit)
    return [Run(*row) for row in connection.execute(query)]
