"""Named people's decisions: the only way a match leaves the state `candidate` (ETH-02, ETH-03, ETH-38)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from chyrak.errors import WrongUsage
from chyrak.records import Decision, Reading
from store import audit, matches, postings, readings, standing
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
    """What a decision did: the posting's state now, and how many matches were let go or set aside by it."""

    state: str
    released: int
    dismissed: int

    @property
    def needs_second(self) -> bool:
        """Whether another reader must look before anything is sent."""
        return self.state == standing.NEEDS_SECOND

    @property
    def disagreement(self) -> bool:
        """Whether readers differ, so that a senior has to decide."""
        return self.state == standing.DISAGREEMENT


def record(connection: Connection, value: Decision, person: Person, *, senior: bool | None = None) -> DecisionOutcome:
    """Keep a decision with its audit event, and settle the posting's matches when the rule of readers is met.

    `senior` overrides the person's own mark, where the deployment's policy says so. The same word said twice by the
    same reader is kept once. Raises WrongUsage for a role that may not decide, an unknown outcome or posting, or a
    revision that is no longer the one that was read last.
    """
    reading = _check(connection, value, person)
    number = _add(connection, value, reading, person.senior if senior is None else senior)
    if number is None:
        return DecisionOutcome(state(connection, value.posting_id), 0, 0)
    settled = matches.settle(connection, value.posting_id)
    details = {
        "decision": number,
        "rev": value.rev,
        "level": settled.standing.level,
        "outcome": value.outcome,
        "release": value.release,
        "state": settled.standing.state,
        "released": settled.released,
    }
    audit.append(connection, value.reviewer, "decide", value.posting_id, details, value.decided_at)
    postings.touch(connection, [value.posting_id], value.decided_at)
    return DecisionOutcome(settled.standing.state, settled.released, settled.dismissed)


def of(connection: Connection, posting_id: str) -> list[Decision]:
    """Every decision on a posting, oldest first."""
    query = select(decision).where(decision.c.posting_id == posting_id).order_by(decision.c.id)
    return [
        Decision(row.posting_id, row.rev, row.reviewer, row.outcome, row.note, row.decided_at, row.release)
        for row in connection.execute(query)
    ]


def states(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Where each of these postings stands: open, needs_second, disagreement or decided."""
    return {key: found.state for key, found in standing.of(connection, ids).items()}


def state(connection: Connection, posting_id: str) -> str:
    """Where one posting stands."""
    return states(connection, [posting_id])[posting_id]


def _check(connection: Connection, value: Decision, person: Person) -> Reading:
    if person.role not in DECIDING_ROLES or person.disabled or person.name != value.reviewer:
        raise WrongUsage(f"{value.reviewer} may not decide: it takes one of {', '.join(DECIDING_ROLES)}, in person.")
    if value.outcome not in OUTCOMES:
        raise WrongUsage(f"There is no outcome {value.outcome!r}. Outcomes: {', '.join(OUTCOMES)}.")
    postings.lock(connection, value.posting_id)
    reading = readings.latest(connection, value.posting_id)
    if reading is None or value.rev > reading.rev:
        raise WrongUsage("This advert has no such revision that was read. Reload the page.")
    if value.rev < reading.rev:
        raise WrongUsage(f"The advert changed while you read it: revision {reading.rev} is there. Reload the page.")
    return reading


def _add(connection: Connection, value: Decision, reading: Reading, senior: bool) -> int | None:
    said = {
        "rev": value.rev,
        "senior": senior,
        "outcome": value.outcome,
        "note": value.note,
        "release": value.release,
    }
    mine = (decision.c.posting_id == value.posting_id, decision.c.reviewer == value.reviewer)
    last = connection.execute(select(decision).where(*mine).order_by(decision.c.id.desc()).limit(1)).one_or_none()
    level = standing.of(connection, [value.posting_id])[value.posting_id].level
    if last is not None and last.level == level and all(getattr(last, name) == said[name] for name in said):
        return None
    row = {
        **said,
        "posting_id": value.posting_id,
        "level": level,
        "indicators": standing.indicators(reading),
        "reviewer": value.reviewer,
        "decided_at": value.decided_at,
    }
    return int(connection.execute(insert(decision).values(row).returning(decision.c.id)).scalar_one())
