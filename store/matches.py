"""Matches: a watch met a posting. An edited advert matches again only when its level rose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from chyrak.records import Match
from store.tables import mail_match, match
from store.upsert import insert


def record(connection: Connection, found: Iterable[Match]) -> int:
    """Keep what is new and return how many. Not kept: a match of an equal or lower level than one that is there."""
    kept = 0
    for item in found:
        known = select(func.max(match.c.level)).where(
            match.c.watch_id == item.watch_id, match.c.posting_id == item.posting_id
        )
        highest = connection.execute(known).scalar_one()
        if highest is not None and highest >= item.level:
            continue
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
        new = insert(connection, match).values(row).on_conflict_do_nothing().returning(match.c.id)
        kept += connection.execute(new).first() is not None
    return kept


def for_posting(connection: Connection, posting_id: str) -> list[Match]:
    """Every match of one posting, oldest first."""
    query = select(match).where(match.c.posting_id == posting_id).order_by(match.c.matched_at, match.c.id)
    return [_match(row) for row in connection.execute(query)]


def released(connection: Connection, recipient: str, watch_ids: Sequence[str]) -> list[Match]:
    """Matches of these watches that a person released and that stand in no mail to `recipient` yet, oldest first."""
    bound = exists().where(mail_match.c.match_id == match.c.id, mail_match.c.recipient == recipient)
    query = select(match).where(match.c.state == "released", match.c.watch_id.in_(watch_ids), ~bound)
    return [_match(row) for row in connection.execute(query.order_by(match.c.matched_at, match.c.id))]


def release(connection: Connection, posting_id: str, rev: int, decision_id: int) -> int:
    """Release the posting's candidates up to `rev` on the strength of a decision; returns how many."""
    return _settle(connection, posting_id, rev, decision_id, "released")


def dismiss(connection: Connection, posting_id: str, rev: int, decision_id: int) -> int:
    """Set the posting's candidates up to `rev` aside on the strength of a decision; returns how many."""
    return _settle(connection, posting_id, rev, decision_id, "dismissed")


def counts(connection: Connection) -> dict[str, int]:
    """How many matches are in each state."""
    query = select(match.c.state, func.count()).group_by(match.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def _settle(connection: Connection, posting_id: str, rev: int, decision_id: int, state: str) -> int:
    mine = (match.c.posting_id == posting_id, match.c.rev <= rev, match.c.state == "candidate")
    return connection.execute(update(match).where(*mine).values(state=state, decision_id=decision_id)).rowcount


def _match(row: Row[Any]) -> Match:
    return Match(
        row.id,
        row.watch_id,
        row.posting_id,
        row.rev,
        row.level,
        tuple(row.exploitation),
        row.campaign_id,
        row.matched_at,
        row.state,
    )
