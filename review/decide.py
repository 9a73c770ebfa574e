"""A named reviewer's decision: the release policy and the rules of one reader, on top of `store.decisions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

import store.standing
from chyrak.errors import WrongUsage
from chyrak.records import Decision, Level, Reading
from review.pleas import is_plea
from review.policy import Policy
from review.wording import Texts
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
    reading: Reading | None, now: store.standing.Standing, taken: Sequence[Decision], person: Person, policy: Policy
) -> Standing:
    """How the rule of readers (ETH-03) applies to `person` now."""
    needs_two = reading is not None and now.level >= Level.HIGH
    senior = policy.is_senior(person.name, person.senior)
    current = [d for d in taken if reading is not None and d.rev == reading.rev]
    mine = next((d for d in reversed(current) if d.reviewer == person.name), None)
    blind = now.state == store.standing.NEEDS_SECOND and mine is None and not senior
    visible = tuple(d for d in taken if not blind or d not in current)
    return Standing(now.state, needs_two, senior or not needs_two, mine, visible, blind)


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
    t: Texts,
) -> DecisionOutcome:
    """Record the decision of `person` on the revision they read, with its audit event, in the caller's transaction.

    Raises WrongUsage, in the words `t`, when the advert was edited or read anew meanwhile, when the outcome and the
    release do not go together, when a release has no note, or when the policy does not let this role release at this
    level.
    """
    reading = readings.latest(c, posting_id)
    posting = postings.get(c, posting_id)
    if reading is None or posting is None:
        raise WrongUsage(t.say("refused.not_read"))
    if reading.rev != rev:
        raise WrongUsage(t.say("refused.edited"))
    if outcome not in OUTCOMES:
        raise WrongUsage(t.say("refused.outcome"))
    if is_plea(reading) and (person.role != "ngo_caseworker" or release):
        raise WrongUsage(t.say("refused.plea"))
    if release and outcome not in RELEASING:
        raise WrongUsage(t.say("refused.not_releasing", outcomes=", ".join(t.say(f"outcome.{o}") for o in RELEASING)))
    if release and not note.strip():
        raise WrongUsage(t.say("refused.note"))
    level = store.standing.of(c, [posting_id])[posting_id].level
    if release and not policy.may_release(person.role, level):
        raise WrongUsage(t.say("refused.policy", role=t.say(f"role.{person.role}"), level=level))
    word = Decision(posting_id, rev, person.name, outcome, note.strip()[:4000], now, release)
    return decisions.record(c, word, person, senior=policy.is_senior(person.name, person.senior))
