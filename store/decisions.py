"""Named people's decisions: the only way a match leaves the state `candidate` (ETH-02, ETH-03, ETH-38)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from chyrak.errors import WrongUsage
from chyrak.records import Decision, Level, State
from store import audit, matches, postings, readings
from store.people import Person
from store.tables import decision

OUTCOMES = (
    "no_action",
    "needs_more",
    "referred",
    "unfounded",
    "agency_licensed",
    "person_assisted",
    "fraud_only",
    "breach_only",
)
DECIDING_ROLES = ("investigator", "ngo_caseworker")


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What a decision did: `state` is decided, needs_second or disagreement; counts of matches let go or set aside."""

    state: str
    released: int
    dismissed: int


def record(connection: Connection, value: Decision, person: Person, *, senior: bool | None = None) -> DecisionOutcome:
    """Keep a decision with its audit event, and settle the posting's matches when the rule of readers is met.

    Levels 3 and 4 need two different readers or one senior; two who disagree settle nothing until a senior decides.
    `senior` overrides the person's own mark, where the deployment's policy says so.
    Raises WrongUsage for a role that may not decide, an unknown outcome or an unknown posting.
    """
    if person.role not in DECIDING_ROLES or person.disabled or person.name != value.reviewer:
        raise WrongUsage(f"{value.reviewer} may not decide: it takes one of {', '.join(DECIDING_ROLES)}, in person.")
    if value.outcome not in OUTCOMES:
        raise WrongUsage(f"There is no outcome {value.outcome!r}. Outcomes: {', '.join(OUTCOMES)}.")
    reading = readings.latest(connection, value.posting_id)
    if reading is None or value.rev > reading.rev:
        raise WrongUsage("This advert has no such revision that was read. Reload the page.")
    row = {
        "posting_id": value.posting_id,
        "rev": value.rev,
        "level": int(reading.level),
        "indicators": sorted(i.id for i in reading.indicators if i.state is State.PRESENT),
        "reviewer": value.reviewer,
        "senior": person.senior if senior is None else senior,
        "outcome": value.outcome,
        "note": value.note,
        "release": value.release,
        "decided_at": value.decided_at,
    }
    number = connection.execute(insert(decision).values(row).returning(decision.c.id)).scalar_one()
    state, release = _standing(_rows(connection, value.posting_id, value.rev), int(reading.level))
    released = dismissed = 0
    if state == "decided":
        settle = matches.release if release else matches.dismiss
        settled = settle(connection, value.posting_id, value.rev, number)
        released, dismissed = (settled, 0) if release else (0, settled)
    details = {
        "decision": number,
        "rev": value.rev,
        "level": int(reading.level),
        "outcome": value.outcome,
        "release": value.release,
        "state": state,
        "released": released,
    }
    audit.append(connection, value.reviewer, "decide", value.posting_id, details, value.decided_at)
    postings.touch(connection, [value.posting_id], value.decided_at)
    return DecisionOutcome(state, released, dismissed)


def of(connection: Connection, posting_id: str) -> list[Decision]:
    """Every decision on a posting, oldest first."""
    query = select(decision).where(decision.c.posting_id == posting_id).order_by(decision.c.id)
    return [
        Decision(row.posting_id, row.rev, row.reviewer, row.outcome, row.note, row.decided_at, row.release)
        for row in connection.execute(query)
    ]


def states(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Where each of these postings stands: open, needs_second, disagreement or decided."""
    found = dict.fromkeys(ids, "open")
    current = readings.many(connection, ids)
    by_posting: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(decision).where(decision.c.posting_id.in_(ids)).order_by(decision.c.id)):
        reading = current.get(row.posting_id)
        if reading is not None and row.rev == reading.rev:
            by_posting.setdefault(row.posting_id, []).append(row)
    for posting_id, rows in by_posting.items():
        found[posting_id] = _standing(rows, int(current[posting_id].level))[0]
    return found


def state(connection: Connection, posting_id: str) -> str:
    """Where one posting stands."""
    return states(connection, [posting_id])[posting_id]


def _rows(connection: Connection, posting_id: str, rev: int) -> list[Row[Any]]:
    mine = (decision.c.posting_id == posting_id, decision.c.rev == rev)
    return list(connection.execute(select(decision).where(*mine).order_by(decision.c.id)))


def _standing(rows: Sequence[Row[Any]], level: int) -> tuple[str, bool]:
    """The state and whether matches go out. A reader's later word replaces their earlier one."""
    latest: dict[str, Row[Any]] = {}
    for row in rows:
        latest.pop(row.reviewer, None)
        latest[row.reviewer] = row
    words = list(latest.values())
    seniors = [row for row in words if row.senior]
    if seniors:
        return "decided", bool(seniors[-1].release)
    votes = {bool(row.release) for row in words}
    if len(votes) > 1:
        return "disagreement", False
    if level >= Level.HIGH and len(words) < 2:
        return "needs_second", False
    return "decided", votes.pop()
