"""How each source does, so that one that silently died is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from store.crawl import runs, schedule
from store.tables import capture

STALE_CADENCES = 20
LEAST_STALE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """`state` is ok, quiet, stale, failing, refused, off or never; `failures` counts the last runs in a row."""

    source: str
    state: str
    last_run: datetime | None
    last_ok: datetime | None
    newest_posting: datetime | None
    failures: int
    note: str


def health(connection: Connection, now: datetime) -> list[SourceHealth]:
    """The health of every source in the register. A source that answers with nothing new for long is stale."""
    return [_one(connection, row, now) for row in schedule.every(connection)]


def _one(connection: Connection, row: schedule.ScheduleRow, now: datetime) -> SourceHealth:
    recent = [run for run in runs.recent(connection, row.source, 50) if run.outcome is not None]
    good = [run for run in recent if run.outcome in ("ok", "quiet")]
    failures = next((place for place, run in enumerate(recent) if run.outcome in ("ok", "quiet")), len(recent))
    query = select(func.max(capture.c.fetched_at, type_=capture.c.fetched_at.type))
    newest = connection.execute(query.where(capture.c.source == row.source, capture.c.postings > 0)).scalar_one()
    last = recent[0] if recent else None
    silent = max(STALE_CADENCES * timedelta(seconds=row.every_seconds), LEAST_STALE)
    if row.paused:
        state = "off"
    elif last is None:
        state = "never"
    elif last.outcome in ("failing", "refused", "lost"):
        state = "refused" if last.outcome == "refused" else "failing"
    elif last.stats.get("stale") or (newest is not None and now - newest > silent):
        state = "stale"
    else:
        state = str(last.outcome)
    return SourceHealth(
        row.source,
        state,
        last.started_at if last else None,
        good[0].started_at if good else None,
        newest,
        failures,
        str(last.stats.get("note", "")) if last else "",
    )
