"""Figures for the head of every page and for the summary of a pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from store import campaigns, mails, matches, postings, queue
from store.tables import schedule, work


@dataclass(frozen=True, slots=True)
class Works:
    """Work that waits, by stage; `oldest_sync` is since when the index lags; `dead` waits for a person."""

    waiting: dict[str, int]
    dead: int
    oldest_sync: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What the store holds. `flagged` counts by level, 2 and up; `matches` counts by state."""

    postings: int
    flagged: dict[int, int]
    campaigns: int
    matches: dict[str, int]
    mails: int


def counts(main: Connection, crawl: Connection) -> dict[str, Any]:
    """The summary of a pass: sources, postings, flagged by level, campaigns, matches, mails, index_pending.

    `campaigns` have at least two members, `mails` were sent, `index_pending` documents wait to be written.
    """
    found = totals(main)
    sources = select(func.count()).select_from(schedule).where(schedule.c.listed.is_(True))
    return {
        "sources": crawl.execute(sources).scalar_one(),
        "postings": found.postings,
        "flagged": found.flagged,
        "campaigns": found.campaigns,
        "matches": sum(found.matches.values()),
        "mails": found.mails,
        "index_pending": works(main).waiting.get("sync", 0),
    }


def works(connection: Connection) -> Works:
    """What waits to be done."""
    waiting = select(work.c.stage, func.count()).where(work.c.dead.is_(False)).group_by(work.c.stage)
    dead = select(func.count()).select_from(work).where(work.c.dead.is_(True))
    oldest = select(func.min(work.c.due, type_=work.c.due.type)).where(work.c.stage == "sync", work.c.dead.is_(False))
    return Works(
        {row[0]: row[1] for row in connection.execute(waiting)},
        connection.execute(dead).scalar_one(),
        connection.execute(oldest).scalar_one(),
    )


def totals(connection: Connection) -> Totals:
    """What the store holds now."""
    return Totals(
        postings.count(connection),
        queue.size(connection),
        campaigns.count(connection),
        matches.counts(connection),
        mails.count(connection),
    )
