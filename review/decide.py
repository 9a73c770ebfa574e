"""A named reviewer's decision: the release policy and the rules of one reader, on top of `store.decisions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from chyrak.errors import WrongUsage
from chyrak.records import Decision, Level, Reading
from review.pleas import is_plea
from review.policy import Policy
from store import decisions, postings, readings
from store.decisions import OUTCOMES, DecisionOutcome
from store.people import Person

RELEASING = ("referred", "person_assisted", "fraud_only", "breach_only")
"""Outcomes that can go with a release: the others say that nobody needs to be told."""

__all__ = ["OUTCOMES", "RELEASING", "Standing", "decide", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an advert stands for one reader. `blind` hides the first reader's word until the second has given theirs;
    `alone` says that this reader's word settles it."""

    state: str
    needs_two: bool
    alone: bool
    mine: Decision | None
    visible: tuple[Decision, ...]
    blind: bool


def standing(
    reading: Reading | None, state: str, taken: Sequence[Decision], person: Person, policy: Policy
) -> Standing:
    """How the rule of readers (ETH-03) applies to `person` now."""
    needs_two = reading is not None and reading.level >= Level.HIGH
    senior = policy.is_senior(person.name, person.senior)
    current = [d for d in taken if reading is not None and d.rev == reading.rev]
    mine = next((d for d in reversed(current) if d.reviewer == person.name), None)
    blind = state == "needs_second" and mine is None and not senior
    visible = tuple(d for d in taken if not blind or d not in current)
    return Standing(state, needs_two, senior or not needs_two, mine, visible, blind)


def decide(
    c: Connection,
    posting_id: str,
    *,
    rev: int,
    person: Person,
    outcome: str,
    note: str,
    release: bool,
    policy: Policy,
    now: datetime,
) -> DecisionOutcome:
    """Record the decision of `person` on the revision they read, with its audit event, in the caller's transaction.

    Raises WrongUsage when the advert was edited or read anew meanwhile, when the outcome and the release do not go
    together, when a release has no note, or when the policy does not let this role release at this level.
    """
    reading = readings.latest(c, posting_id)
    posting = postings.get(c, posting_id)
    if reading is None or posting is None:
        raise WrongUsage("This advert is no longer kept, or was not read yet. Go back to the queue.")
    if reading.rev != rev:
        raise WrongUsage("The advert was edited while you read it. Nothing was recorded: reload it and decide anew.")
    if outcome not in OUTCOMES:
        raise WrongUsage("Choose an outcome. Nothing was recorded.")
    if is_plea(reading) and (person.role != "ngo_caseworker" or release):
        raise WrongUsage("A plea for help is handled by caseworkers and never sent out as an alert.")
    if release and outcome not in RELEASING:
        raise WrongUsage(f"Alerts are released with one of: {', '.join(RELEASING)}. Choose one, or do not release.")
    if release and not note.strip():
        raise WrongUsage("A release needs a note: what convinced you. The second reader and the audit read it.")
    if release and not policy.may_release(person.role, int(reading.level)):
        raise WrongUsage(f"The policy of this deployment lets no {person.role} release at level {int(reading.level)}.")
    word = Decision(posting_id, rev, person.name, outcome, note.strip()[:4000], now, release)
    return decisions.record(c, word, person, senior=policy.is_senior(person.name, person.senior))
