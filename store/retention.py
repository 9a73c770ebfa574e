"""How long texts are kept, by class (ETH-11). What is over is emptied: hash and times stay, words and contacts go.

Level 0 is kept 30 days from when its text was first seen, levels 1 and 2 that no reader decided on 180 days, and so is
what was never read. Levels 3 and 4, and whatever a reader decided on, stay until the case is over: see `erasure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from chyrak.records import Level
from store import campaigns, locks, postings, worklist
from store.tables import band, contact, decision, fingerprint, mail_match, match, posting, posting_rev, reading

UNFLAGGED = timedelta(days=30)
UNREVIEWED = timedelta(days=180)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Expired:
    """How many postings were emptied, by class."""

    unflagged: int
    unreviewed: int


def expire(connection: Connection, now: datetime) -> Expired:
    """Empty every text whose time is over, and ask for its removal from the index. Doing it twice changes nothing."""
    decided = select(decision.c.posting_id).where(decision.c.posting_id == posting.c.id).exists()
    level = reading.c.level + reading.c.raised_by
    mailed = (
        select(mail_match.c.match_id)
        .join(match, match.c.id == mail_match.c.match_id)
        .where(match.c.posting_id == posting.c.id)
        .exists()
    )
    unflagged = _empty(connection, and_(level == int(Level.NONE), ~decided, ~mailed), now - UNFLAGGED, now)
    open_or_unread = or_(reading.c.level.is_(None), level.between(int(Level.WATCH), int(Level.ELEVATED)))
    unreviewed = _empty(connection, and_(open_or_unread, ~decided, ~mailed), now - UNREVIEWED, now)
    return Expired(unflagged, unreviewed)


def _empty(connection: Connection, which: ColumnElement[bool], before: datetime, now: datetime) -> int:
    current = and_(reading.c.posting_id == posting.c.id, reading.c.current.is_(True))
    newest = and_(posting_rev.c.posting_id == posting.c.id, posting_rev.c.rev == posting.c.rev)
    over = (posting.c.expired_at.is_(None), posting_rev.c.seen_at < before, which)
    query = select(posting.c.id).join(posting_rev, newest).outerjoin(reading, current).where(*over)
    emptied = 0
    while ids := list(connection.execute(query.order_by(posting.c.id).limit(_BATCH)).scalars()):
        _empty_some(connection, ids, now)
        emptied += len(ids)
    return emptied


def _empty_some(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    locks.hold(connection, locks.ERASE)
    grouped = campaigns.of(connection, ids)
    blank: dict[str, Any] = {"title": "", "text": "", "fields": {}}
    connection.execute(update(posting_rev).where(posting_rev.c.posting_id.in_(ids)).values(blank))
    for table in (reading, contact, band, fingerprint):
        connection.execute(delete(table).where(table.c.posting_id.in_(ids)))
    waiting = (match.c.posting_id.in_(ids), match.c.decision_id.is_(None))
    connection.execute(delete(match).where(*waiting))
    emptied = {"expired_at": now, "campaign_id": None}
    connection.execute(update(posting).where(posting.c.id.in_(ids)).values(emptied))
    worklist.drop(connection, ids)
    postings.touch(connection, ids, now)
    for campaign_id in sorted(set(grouped.values())):
        campaigns.rename(connection, campaign_id, now)
