"""Looks over a watch before it is kept: what would never match, never send, or not be understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.question import question
from alerts.rhythm import RHYTHMS
from chyrak.errors import WrongUsage
from chyrak.records import Level, Watch
from chyrak.taxonomy import exploitation_types
from indexer import QueryError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of a watch, and what it may be."""

    field: str
    says: str


def faults(watch: Watch) -> list[Fault]:
    """Every fault of `watch`, in the order of its fields; an empty list means it can be kept."""
    return list(_faults(watch))


def check(watch: Watch) -> None:
    """Raises WrongUsage naming every fault of `watch`."""
    found = faults(watch)
    if found:
        raise WrongUsage("\n".join(f"{fault.field}: {fault.says}" for fault in found))


def _faults(watch: Watch) -> Iterator[Fault]:
    if not watch.name.strip():
        yield Fault("name", "A watch needs a name; the people it writes to read it in every mail.")
    try:
        question(watch)
    except QueryError as fault:
        yield Fault("query", str(fault))
    if not Level.WATCH <= watch.min_level <= Level.URGENT:
        yield Fault(
            "min_level", f"{watch.min_level} is no level to watch for. Choose 1 to 4; from 2 on adverts are read."
        )
    if not watch.recipients:
        yield Fault("recipients", "Nobody would get its mails. Name at least one person.")
    if watch.rhythm not in RHYTHMS:
        yield Fault("rhythm", f"{watch.rhythm!r} is none of {', '.join(RHYTHMS)}.")
    unknown = [type_id for type_id in watch.exploitation if type_id not in exploitation_types()]
    if unknown:
        yield Fault("exploitation", f"Unknown: {', '.join(unknown)}. Choose from {', '.join(exploitation_types())}.")
    hours = (watch.quiet_from, watch.quiet_to)
    if (watch.quiet_from is None) != (watch.quiet_to is None):
        yield Fault("quiet_from", "Quiet hours need both a beginning and an end, or neither.")
    elif any(hour is not None and not 0 <= hour <= 23 for hour in hours):
        yield Fault("quiet_from", "Quiet hours are whole hours from 0 to 23.")
    elif watch.quiet_from is not None and watch.quiet_from == watch.quiet_to:
        yield Fault("quiet_to", "Quiet hours that end when they begin are none. Leave both empty, or pause the watch.")
    if watch.most_a_day < 1:
        yield Fault("most_a_day", "At least one mail a day must be allowed. To get none, pause the watch.")
