"""Where an advert stands: what named readers said of it, and whether that lets its matches go (ETH-02, ETH-03).

Levels 0-2 need one reader, 3 and 4 two different ones who agree, or one senior. Readers who differ settle nothing
until a senior decides. A reader's later word replaces the earlier one; a word that only asks for more settles nothing.

A decision is about one revision. It goes on to hold for a later one whose level is no higher and that shows no
indicator the reader had not seen, so that a board that stamps a new date on every advert does not fill the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select

from chyrak.records import Level, Reading, State
from store import readings
from store.tables import decision, mail_match, match

OPEN = "open"
NEEDS_SECOND = "needs_second"
DISAGREEMENT = "disagreement"
DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is open, needs_second, disagreement or decided; `release` and `decision_id` say how it was decided.

    `level` is the one the rule of readers was asked with: of the newest reading, or of a match still undecided.
    """

    state: str
    level: int
    release: bool = False
    decision_id: int | None = None


def of(connection: Connection, ids: Sequence[str]) -> dict[str, Standing]:
    """The standing of each of these postings."""
    waiting = _waiting_levels(connection, ids)
    words: dict[str, list[Row[Any]]] = {}
    query = select(decision).where(decision.c.posting_id.in_(ids)).order_by(decision.c.id)
    for row in connection.execute(query):
        words.setdefault(row.posting_id, []).append(row)
    # Readings are big: only what somebody has spoken about is looked at whole.
    levels = readings.levels(connection, ids)
    spoken = readings.many(connection, list(words))
    return {
        key: _judge(spoken.get(key), max(levels.get(key, 0), waiting.get(key, 0)), words.get(key, [])) for key in ids
    }


def indicators(reading: Reading) -> list[str]:
    """Ids of the indicators present, as a decision remembers them."""
    return sorted({i.id for i in reading.indicators if i.state is State.PRESENT})


def _waiting_levels(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The highest level of alerts that are not out yet: undecided, or released and in no mail, so that it takes as many
    readers to withdraw one as it took to release it."""
    mailed = exists().where(mail_match.c.match_id == match.c.id)
    open_ = or_(match.c.state == "candidate", and_(match.c.state == "released", ~mailed))
    query = select(match.c.posting_id, func.max(match.c.level))
    query = query.where(match.c.posting_id.in_(ids), open_).group_by(match.c.posting_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _judge(reading: Reading | None, level: int, rows: Sequence[Row[Any]]) -> Standing:
    latest: dict[str, Row[Any]] = {}
    for row in rows:
        if reading is not None and _holds(row, reading, level) and (row.release or row.outcome != "needs_more"):
            latest.pop(row.reviewer, None)
            latest[row.reviewer] = row
    words = list(latest.values())
    seniors = [row for row in words if row.senior]
    if seniors:
        return Standing(DECIDED, level, bool(seniors[-1].release), seniors[-1].id)
    if not words:
        return Standing(OPEN, level)
    if len({bool(row.release) for row in words}) > 1:
        return Standing(DISAGREEMENT, level)
    if level >= Level.HIGH and len(words) < 2:
        return Standing(NEEDS_SECOND, level)
    return Standing(DECIDED, level, bool(words[-1].release), words[-1].id)


def _holds(row: Row[Any], reading: Reading, level: int) -> bool:
    if row.rev == reading.rev:
        return True
    return row.rev < reading.rev and row.level >= level and set(indicators(reading)) <= set(row.indicators)
