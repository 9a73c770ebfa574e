"""Matches: a watch met a posting. An edited advert matches again only when its level rose.

`settle` is the only thing that moves a match out of `candidate`, and it asks the decisions themselves: there is no
way to release one without a named reader's word (ETH-02).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, select, update

from chyrak.records import Match
from store import standing
from store.standing import Standing
from store.tables import decision, mail_match, match, posting
from store.upsert import insert


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did: the standing it followed, and how many matches it released or dismissed."""

    standing: Standing
    released: int
    dismissed: int


def record(connection: Connection, found: Iterable[Match]) -> int:
    """Keep what is new and return how many. Not kept: a match of an equal or lower level than one that is there.

    A match with an advert that readers have decided on already, say of a watch made later, follows that decision:
    no reviewer would be shown the advert again. A match with an advert the store no longer holds is dropped.
    """
    new: list[str] = []
    for item in sorted(found, key=lambda match: (match.posting_id, match.watch_id, match.level)):
        if _is_new(connection, item):
            row = {
                "id": item.id,
                "watch_id": item.watch_id,
                "posting_id": item.posting_id,
                "rev": item.rev,
                "level": item.level,
                "exploitation": list(item.exploitation),
                "campaign_id": item.campaign_id,
                "matched_at": item.matched_at,
                "state": "candidate",
            }
            kept = insert(connection, match).values(row).on_conflict_do_nothing().returning(match.c.posting_id)
            new += connection.execute(kept).scalars()
    read = select(decision.c.posting_id).where(decision.c.posting_id.in_(set(new))).distinct()
    for posting_id in sorted(connection.execute(read).scalars()):
        settle(connection, posting_id)
    return len(new)


def settle(connection: Connection, posting_id: str) -> Settled:
    """Bring the posting's matches into line with what its readers decided.

    Decided: they are released or dismissed, by that decision. Not decided, or no longer: they wait as candidates.
    What stands in a mail already stays as it is.
    """
    found = standing.of(connection, [posting_id])[posting_id]
    target = "candidate"
    if found.state == standing.DECIDED:
        target = "released" if found.release else "dismissed"
    mailed = exists().where(mail_match.c.match_id == match.c.id)
    mine = (match.c.posting_id == posting_id, match.c.state != target, ~mailed)
    moved = connection.execute(update(match).where(*mine).values(state=target, decision_id=found.decision_id)).rowcount
    return Settled(found, moved if target == "released" else 0, moved if target == "dismissed" else 0)


def for_posting(connection: Connection, posting_id: str) -> list[Match]:
    """Every match of one posting, oldest first."""
    query = _all().where(match.c.posting_id == posting_id).order_by(match.c.matched_at, match.c.id)
    return [_match(row) for row in connection.execute(query)]


def released(connection: Connection, recipient: str, watch_ids: Sequence[str]) -> list[Match]:
    """Matches of these watches that a person released and that stand in no mail to `recipient` yet, oldest first."""
    bound = exists().where(mail_match.c.match_id == match.c.id, mail_match.c.recipient == recipient)
    query = _all().where(match.c.state == "released", match.c.watch_id.in_(watch_ids), ~bound)
    return [_match(row) for row in connection.execute(query.order_by(match.c.matched_at, match.c.id))]


def counts(connection: Connection) -> dict[str, int]:
    """How many matches are in each state."""
    query = select(match.c.state, func.count()).group_by(match.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def _is_new(connection: Connection, item: Match) -> bool:
    if connection.execute(select(posting.c.id).where(posting.c.id == item.posting_id)).first() is None:
        return False
    mine = (match.c.watch_id == item.watch_id, match.c.posting_id == item.posting_id)
    highest = connection.execute(select(func.max(match.c.level)).where(*mine)).scalar_one()
    return highest is None or highest < item.level


def _all() -> Select[Any]:
    return select(match, posting.c.campaign_id.label("campaign_now")).join(posting, posting.c.id == match.c.posting_id)


def _match(row: Row[Any]) -> Match:
    return Match(
        row.id,
        row.watch_id,
        row.posting_id,
        row.rev,
        row.level,
        tuple(row.exploitation),
        row.campaign_now or row.campaign_id,
        row.matched_at,
        row.state,
    )
