"""A watch as one query of the search language: what it matches, previews and counts is the same question."""

from __future__ import annotations

from collections.abc import Iterable

from chyrak.records import Level, Stance, Watch
from indexer import Query, parse
from indexer.query import FIELDS, And, Everything, Is, Node, Or, Range

_STANCES = (Stance.OFFER, Stance.SERVICE)
"""Only who offers work or a service can be matched: a plea for help never becomes an alert (ETH-08)."""


def question(watch: Watch) -> Query:
    """The watch's query AND its level AND, of types, languages and places, any of those named.

    A type stands for its subtypes; a place is a country code or a name as the advert gives it. Raises
    indexer.QueryError when the query cannot be read.
    """
    parts = [
        parse(watch.query).root,
        Range("level", low=watch.min_level, high=int(Level.URGENT)),
        _any("stance", _STANCES),
        _any("type", watch.exploitation),
        _any("lang", watch.languages),
        _any("place", watch.places),
    ]
    return Query(And(tuple(part for part in parts if not isinstance(part, Everything))))


def _any(field: str, values: Iterable[str]) -> Node:
    wanted = tuple(Is(field, FIELDS[field].normal(str(value))) for value in values)
    return Everything() if not wanted else wanted[0] if len(wanted) == 1 else Or(wanted)
