"""Plays the demo's two readers, so that a person sees mails arrive without deciding a hundred adverts first.

Only a release policy that says `demo = true` allows it; in earnest every decision is a person's (ETH-02).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from chyrak.errors import AskOperator
from chyrak.records import Decision, Level
from chyrak.settings import Settings
from review.policy import FILE_NAME, load_policy
from runtime.demo.setting import Cast, load_cast
from store import Store, decisions, people, queue
from store.people import Person

NOTE = "decided by the demo, not by a person"

_OUTCOMES = {Level.ELEVATED: ("needs_more", True), Level.HIGH: ("referred", True), Level.URGENT: ("referred", True)}
_SINKS = {"FRAUD": "fraud_only", "REG": "breach_only"}


def review_pending(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    limit: int = 1000,
    one_in: int = 0,
    tell: Callable[[str], None] | None = None,
) -> int:
    """Decide what waits, in the order of the queue, in the name of the demo's readers; returns how many adverts.

    Levels 3 and 4 get two readers one after the other, level 2 one. The same queue gives the same decisions. What real
    people have begun or disagree about is left to them, and so is one advert in `one_in`, for the person at the screen
    to try their hand at. Each advert is one transaction, so an interrupted call is
    simply called again. `tell` shows one line to the person at the screen.
    Raises AskOperator when the release policy of this home is not the demo's.
    """
    policy = load_policy(settings.home)
    cast = load_cast()
    if not policy.demo or policy.demo_reviewer != cast.second_reader:
        raise AskOperator(
            f"{settings.home / FILE_NAME}: this home is no demo, so nobody but a named person may decide here. "
            "Review on the web pages, or start the demo in a folder of its own."
        )
    with store.main.read() as connection:
        waiting = [
            row
            for row in queue.pending(connection, limit)
            if _is_ours(connection, row, cast) and not _is_left(row, one_in)
        ]
    for row in waiting:
        with store.main.begin() as connection:
            for reader in _readers(connection, row, cast):
                _decide(connection, row, reader, policy.is_senior(reader.name, reader.senior), now)
    if waiting and tell is not None:
        tell(f"The demo's made-up readers decided on {len(waiting)} adverts; in earnest only people decide.")
    return len(waiting)


def _is_ours(connection: Connection, row: queue.QueueRow, cast: Cast) -> bool:
    ours = {cast.first_reader, cast.second_reader}
    spoken = [decision for decision in decisions.of(connection, row.posting_id) if decision.rev == row.rev]
    return row.state in ("open", "needs_second") and all(decision.reviewer in ours for decision in spoken)


def _is_left(row: queue.QueueRow, one_in: int) -> bool:
    return one_in > 0 and row.state == "open" and int(row.posting_id[:8], 16) % one_in == 0


def _readers(connection: Connection, row: queue.QueueRow, cast: Cast) -> Sequence[Person]:
    """Who has still to speak on this advert, first reader first."""
    spoken = {decision.reviewer for decision in decisions.of(connection, row.posting_id) if decision.rev == row.rev}
    names = [cast.first_reader, cast.second_reader] if row.level >= Level.HIGH else [cast.first_reader]
    found = []
    for name in names:
        person = people.by_name(connection, name)
        if person is None or person.disabled:
            raise AskOperator(f"The demo's reader {name!r} is gone or disabled. Start the demo in a new folder.")
        if name not in spoken:
            found.append(person)
    return found


def _decide(connection: Connection, row: queue.QueueRow, reader: Person, senior: bool, now: datetime) -> None:
    outcome, release = _OUTCOMES[Level(row.level)]
    if row.exploitation and all(kind in _SINKS for kind in row.exploitation):
        outcome, release = _SINKS[row.exploitation[0]], False
    decision = Decision(row.posting_id, row.rev, reader.name, outcome, NOTE, now, release)
    decisions.record(connection, decision, reader, senior=senior)
