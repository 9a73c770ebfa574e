"""What waits for a reviewer: flagged adverts by level, then by age; a plea for help goes to a queue of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, exists, func, or_, select

from chyrak.records import FLAGGED_FROM, Level, Stance, State
from store import campaigns, decisions
from store.tables import decision, match, posting, posting_rev, reading

_SPARE = 10
"""Rows fetched beyond those asked for, since a few may turn out to be decided."""

PROTECTION_INDICATORS = frozenset({"I35", "I36", "I07"})


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `cursor` continues the list after this row."""

    posting_id: str
    rev: int
    level: int
    score: float
    title: str
    source: str
    first_seen: datetime
    languages: tuple[str, ...]
    exploitation: tuple[str, ...]
    campaign_id: str | None
    campaign_size: int
    state: str

    @property
    def cursor(self) -> tuple[int, datetime, str]:
        """Level, age and id of this row."""
        return self.level, self.first_seen, self.posting_id


def pending(
    connection: Connection,
    limit: int,
    *,
    min_level: int = FLAGGED_FROM,
    source: str | None = None,
    after: tuple[int, datetime, str] | None = None,
) -> list[QueueRow]:
    """The next flagged adverts that no decision settles: highest level first, then the oldest."""
    found: list[QueueRow] = []
    while len(found) < limit:
        query = _order(min_level).where(~_surely_decided()).limit(limit - len(found) + _SPARE)
        if source is not None:
            query = query.where(posting.c.source == source)
        if after is not None:
            query = query.where(_beyond(after))
        ordered = connection.execute(query).all()
        if not ordered:
            break
        found += [row for row in _fetched(connection, [row.id for row in ordered]) if row.state != "decided"]
        after = ordered[-1].level, ordered[-1].first_seen, ordered[-1].id
    return found[:limit]


def size(connection: Connection) -> dict[int, int]:
    """How many flagged adverts there are by level, decided ones included; each counted where the queue shows it."""
    level = _level().label("level")
    query = select(level, func.count()).outerjoin_from(reading, _WAITING, _WAITING.c.posting_id == reading.c.posting_id)
    query = query.where(*_scored(FLAGGED_FROM)).group_by(level)
    return {row[0]: row[1] for row in connection.execute(query)}


def untouched(connection: Connection) -> dict[int, int]:
    """Of `size`, how many no reader has said anything about yet."""
    level = _level().label("level")
    query = select(level, func.count()).outerjoin_from(reading, _WAITING, _WAITING.c.posting_id == reading.c.posting_id)
    spoken = exists().where(decision.c.posting_id == reading.c.posting_id)
    query = query.where(*_scored(FLAGGED_FROM), ~spoken).group_by(level)
    return {row[0]: row[1] for row in connection.execute(query)}


def protection(connection: Connection, limit: int) -> list[QueueRow]:
    """Posts of people who look for help or sell an organ: for caseworkers only, never scored (ETH-08)."""
    pleads = select(posting.c.id, reading.c.body["indicators"].label("indicators"))
    pleads = pleads.join(reading, reading.c.posting_id == posting.c.id)
    pleads = pleads.where(reading.c.current.is_(True), reading.c.stance == Stance.SEEK.value)
    rows = connection.execute(pleads.order_by(posting.c.first_seen, posting.c.id).execution_options(yield_per=200))
    ids = [row.id for row in islice((row for row in rows if _pleads(row.indicators)), limit)]
    return _fetched(connection, ids)


def _pleads(indicators: Sequence[Mapping[str, Any]]) -> bool:
    return any(i["id"] in PROTECTION_INDICATORS and i["state"] == State.PRESENT for i in indicators)


# An advert toned down by an edit stays where its undecided match puts it: the alert about it still waits for a reader.
_WAITING = (
    select(match.c.posting_id, func.max(match.c.level).label("level"))
    .where(match.c.state == "candidate")
    .group_by(match.c.posting_id)
    .subquery()
)


def _surely_decided() -> Any:
    """Whether the words on this very revision settle it whatever else was said; `store.standing` judges the rest.

    A senior's last word does, and so do enough readers of whom none has ever said the opposite. Without it every
    advert that was ever decided would be loaded and judged anew for each page of the queue.
    """
    later = decision.alias()
    counts = (decision.c.posting_id == reading.c.posting_id, _settles(decision))
    here = (*counts, decision.c.rev == reading.c.rev)
    readers = select(func.count(func.distinct(decision.c.reviewer))).where(*here).scalar_subquery()
    enough = readers >= case((_level() >= int(Level.HIGH), 2), else_=1)
    both = and_(exists().where(*counts, decision.c.release), exists().where(*counts, ~decision.c.release))
    same_reader = and_(later.c.posting_id == decision.c.posting_id, later.c.reviewer == decision.c.reviewer)
    replaced = exists().where(same_reader, later.c.id > decision.c.id, _settles(later))
    return or_(exists().where(*here, decision.c.senior, ~replaced), and_(enough, ~both))


def _settles(word: Any) -> Any:
    return or_(word.c.release, word.c.outcome != "needs_more")


def _level() -> Any:
    raised = reading.c.level + reading.c.raised_by
    capped = case((raised > int(Level.URGENT), int(Level.URGENT)), else_=raised)
    return case((_WAITING.c.level > capped, _WAITING.c.level), else_=capped)


def _base() -> Select[Any]:
    return (
        select(
            posting.c.id,
            reading.c.rev,
            _level().label("level"),
            reading.c.score,
            posting_rev.c.title,
            posting_rev.c.text,
            posting.c.source,
            posting.c.first_seen,
            posting.c.campaign_id,
            reading.c.body["languages"].label("languages"),
            reading.c.body["exploitation"].label("exploitation"),
        )
        .join(reading, reading.c.posting_id == posting.c.id)
        .join(posting_rev, and_(posting_rev.c.posting_id == posting.c.id, posting_rev.c.rev == reading.c.rev))
        .outerjoin(_WAITING, _WAITING.c.posting_id == posting.c.id)
    )


def _scored(min_level: int) -> tuple[Any, ...]:
    stances = (Stance.OFFER.value, Stance.SERVICE.value)
    return reading.c.current.is_(True), reading.c.stance.in_(stances), _level() >= min_level


def _order(min_level: int) -> Select[Any]:
    """What is flagged, in the queue's order: id, level and age alone, not the whole rows to be sorted."""
    query = (
        select(posting.c.id, _level().label("level"), posting.c.first_seen)
        .select_from(reading)
        .join(posting, posting.c.id == reading.c.posting_id)
    )
    query = query.outerjoin(_WAITING, _WAITING.c.posting_id == posting.c.id).where(*_scored(min_level))
    return query.order_by(_level().desc(), posting.c.first_seen, posting.c.id)


def _beyond(after: tuple[int, datetime, str]) -> Any:
    level, seen, key = after
    same_level = and_(_level() == level, posting.c.first_seen > seen)
    same_time = and_(_level() == level, posting.c.first_seen == seen, posting.c.id > key)
    return or_(_level() < level, same_level, same_time)


def _fetched(connection: Connection, ids: Sequence[str]) -> list[QueueRow]:
    """These postings whole, in the same order; one that is read anew at this moment may be missing."""
    whole = _base().where(reading.c.current.is_(True), posting.c.id.in_(ids))
    rows = {row.id: row for row in connection.execute(whole)}
    return _shaped(connection, [rows[key] for key in ids if key in rows])


def _shaped(connection: Connection, rows: list[Row[Any]]) -> list[QueueRow]:
    sizes = campaigns.sizes(connection, [row.campaign_id for row in rows if row.campaign_id])
    standing = decisions.states(connection, [row.id for row in rows])
    return [
        QueueRow(
            row.id,
            row.rev,
            row.level,
            row.score,
            row.title or row.text.strip().split("\n")[0][:120],
            row.source,
            row.first_seen,
            tuple(row.languages),
            tuple(e["type"] for e in row.exploitation),
            row.campaign_id,
            sizes.get(row.campaign_id or "", 1),
            standing[row.id],
        )
        for row in rows
    ]
