"""How each source does, so that one that silently died is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import Connection, func, select

from store.crawl import runs, schedule
from store.crawl.runs import Run
from store.tables import capture

QUIET_GAPS = 3
STALE_GAPS = 6
LEAST_STALE = timedelta(days=3)
"""However busy a source is, a weekend without an advert is no fault."""

_GOOD = ("ok", "quiet")
_RUNS_LOOKED_AT = 50


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
    """The health of every source in the register.

    A source's usual gap is the median time between its finds, or its cadence where that is longer. One that answers
    but has shown nothing new for three gaps is quiet, for six gaps and at least three days stale.
    """
    return [_one(connection, row, now) for row in schedule.every(connection)]


def _one(connection: Connection, row: schedule.ScheduleRow, now: datetime) -> SourceHealth:
    recent = [run for run in runs.recent(connection, row.source, _RUNS_LOOKED_AT) if run.outcome is not None]
    good = [run for run in recent if run.outcome in _GOOD]
    failures = next((place for place, run in enumerate(recent) if run.outcome in _GOOD), len(recent))
    finds = _finds(connection, row.source)
    newest = max([*finds[:1], *_newest_items(good)], default=None)
    last = recent[0] if recent else None
    return SourceHealth(
        row.source,
        _state(row, last, newest or (good[-1].started_at if good else None), finds, now),
        last.started_at if last else None,
        good[0].started_at if good else None,
        newest,
        failures,
        str(last.stats.get("note", "")) if last else "",
    )


def _state(
    row: schedule.ScheduleRow, last: Run | None, since: datetime | None, finds: Sequence[datetime], now: datetime
) -> str:
    if row.paused:
        return "off"
    if last is None:
        return "never"
    if last.outcome not in _GOOD:
        return "refused" if last.outcome == "refused" else "failing"
    gap = _usual_gap(finds, timedelta(seconds=row.every_seconds))
    silence = now - since if since is not None else timedelta(0)
    if last.stats.get("stale") or silence > max(STALE_GAPS * gap, LEAST_STALE):
        return "stale"
    return "quiet" if last.outcome == "quiet" or silence > QUIET_GAPS * gap else "ok"


def _usual_gap(finds: Sequence[datetime], cadence: timedelta) -> timedelta:
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(finds)]
    return max(cadence, timedelta(seconds=median(gaps))) if gaps else cadence


def _finds(connection: Connection, source: str) -> list[datetime]:
    """When pages with something new were fetched, newest first; one moment a run."""
    moment = func.max(capture.c.fetched_at, type_=capture.c.fetched_at.type)
    found = func.coalesce(capture.c.fresh, capture.c.postings) > 0
    query = select(moment).where(capture.c.source == source, found).group_by(capture.c.run_id)
    return list(connection.execute(query.order_by(moment.desc()).limit(_RUNS_LOOKED_AT)).scalars())


def _newest_items(good: Sequence[Run]) -> list[datetime]:
    named = [run.stats.get("newest_item") for run in good]
    return [datetime.fromisoformat(value) for value in named if isinstance(value, str)]
