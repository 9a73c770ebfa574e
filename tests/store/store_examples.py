"""Invented adverts, readings and people for the tests of the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from chyrak.records import (
    Contact,
    Decision,
    Engine,
    Exploitation,
    Indicator,
    Kind,
    Level,
    Match,
    Reading,
    Sighting,
    Span,
    Stance,
    State,
    Watch,
)
from store import decisions, matches, people, postings, readings, watches
from store.vault import Vault

PHONE = "+996555000142"
AS_WRITTEN = "0555 00-01-42"


def sighting(now: datetime, text: str = "Нужен повар", url: str = "https://board.example/1", source: str = "board"):
    return Sighting(source, url, Kind.ADVERT, "Повар", text, now)


def reading(
    posting_id: str,
    level: int = 3,
    rev: int = 1,
    *,
    phone: str = PHONE,
    shown: Sequence[str] = (),
    stance: Stance = Stance.OFFER,
) -> Reading:
    contact = Contact("phone", phone, "+996 *** 42", Span(6, 19, AS_WRITTEN))
    present = tuple(Indicator(name, State.PRESENT, (Span(0, 5, "Повар"),), 1.0) for name in shown)
    return Reading(
        posting_id,
        rev,
        Engine("r1", "m1"),
        ("ru",),
        stance,
        present,
        (),
        None,
        (),
        (contact,) if phone else (),
        (Exploitation("DEBT", 0.7),),
        0.8,
        Level(level),
        (),
    )


def advert(c: Connection, vault: Vault, now: datetime, level: int = 3, **more: str) -> str:
    key = postings.keep(c, sighting(now, **more)).posting_id
    readings.record(c, reading(key, level), vault, now)
    return key


def person(c: Connection, name: str, role: str = "investigator", *, senior: bool = False) -> people.Person:
    known = people.by_name(c, name)
    return known or people.add(c, name, f"{name}@ngo.example", role, senior=senior)


def watch(c: Connection, name: str = "w") -> None:
    watches.save(c, Watch(name, name, "level:>=2", 2, ("osh@ngo.example",), "daily", "aigul"))


def met(c: Connection, key: str, now: datetime, level: int = 3, rev: int = 1, by: str = "w") -> int:
    return matches.record(c, [Match(f"{by}-{level}-{key}"[:64], by, key, rev, level, ("DEBT",), None, now)])


def decide(
    c: Connection,
    who: people.Person,
    key: str,
    now: datetime,
    *,
    release: bool = True,
    rev: int = 1,
    outcome: str = "referred",
) -> decisions.DecisionOutcome:
    return decisions.record(c, Decision(key, rev, who.name, outcome, "", now, release), who)


def states(c: Connection, key: str) -> list[str]:
    return [match.state for match in matches.for_posting(c, key)]
