"""A query made ready for an engine: words are analysed here, once, so that every engine finds the same.

`plan` turns the tree of a query into a tree of the few steps below; an engine translates each step to its
own query objects and never sees what a person typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from indexer.analysis import Token, tokens
from indexer.query.ast import And, Everything, Fuzzy, Is, Node, Not, Or, Phrase, Prefix, Query, Range, Word


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one step matches; none when empty."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every step matches; everything when empty."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Except:
    """The step does not match."""

    step: Step


@dataclass(frozen=True, slots=True)
class HasLexeme:
    """One of `lexemes` stands in title or text; `surfaces` only lift the rank of exact forms."""

    lexemes: tuple[str, ...]
    surfaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasPhrase:
    """The surface forms stand in this order, at most `slop` others among them, in title or in text."""

    words: tuple[str, ...]
    slop: int


@dataclass(frozen=True, slots=True)
class HasPrefix:
    """A surface form begins so."""

    prefix: str


@dataclass(frozen=True, slots=True)
class HasFuzzy:
    """A surface form is at most `edits` letters away (a swap of neighbours is one)."""

    surface: str
    edits: int


@dataclass(frozen=True, slots=True)
class HasValue:
    """One of `fields` (keyword fields) holds the value."""

    fields: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Between:
    """The number field lies between the bounds; dates count days from year 1."""

    field: str
    low: int | float | None
    high: int | float | None
    low_open: bool = False
    high_open: bool = False


Step: TypeAlias = AnyOf | AllOf | Except | HasLexeme | HasPhrase | HasPrefix | HasFuzzy | HasValue | Between

_ALSO = {"place": ("place", "place_name")}


@lru_cache(maxsize=20_000)
def plan(query: Query, cross_script: bool = True) -> Step:
    """The steps of `query`; with `cross_script` a word is also sought in the other script."""
    return _plan(query.root, cross_script)


def _plan(node: Node, cross: bool) -> Step:
    match node:
        case Everything():
            return AllOf(())
        case And():
            return AllOf(tuple(_plan(part, cross) for part in node.parts))
        case Or():
            return AnyOf(tuple(_plan(part, cross) for part in node.parts))
        case Not():
            return Except(_plan(node.of, cross))
        case Is():
            return HasValue(_ALSO.get(node.field, (node.field,)), node.value)
        case Range():
            return Between(node.field, _number(node.low), _number(node.high), node.low_open, node.high_open)
        case Word():
            return _word(tokens(node.text), cross)
        case Phrase():
            return _phrase(tokens(node.text), node.slop, cross)
        case Prefix():
            return _last(node.text, cross, HasPrefix)
        case Fuzzy():
            return _last(node.text, cross, lambda surface: HasFuzzy(surface, node.edits))


def _word(found: tuple[Token, ...], cross: bool) -> Step:
    """A word of the query; what is one word to the person may be several to the index: "домработница-няня"."""
    steps = tuple(HasLexeme(token.sought(cross), (token.surface,)) for token in found)
    return AnyOf(()) if not steps else steps[0] if len(steps) == 1 else AllOf(steps)


def _last(text: str, cross: bool, made: Callable[[str], Step]) -> Step:
    found = tokens(text)
    if not found:
        return AnyOf(())
    last = tuple(made(surface) for surface in _scripts(found[-1], cross))
    step = last[0] if len(last) == 1 else AnyOf(last)
    return step if len(found) == 1 else AllOf((*(_word((token,), cross) for token in found[:-1]), step))


def _phrase(found: tuple[Token, ...], slop: int, cross: bool) -> Step:
    if not found:
        return AnyOf(())
    written = [tuple(token.surface for token in found)]
    if cross:
        other = tuple(token.transliterated or token.surface for token in found)
        if other != written[0]:
            written.append(other)
    steps = tuple(HasPhrase(words, slop) for words in written)
    return steps[0] if len(steps) == 1 else AnyOf(steps)


def _scripts(token: Token, cross: bool) -> tuple[str, ...]:
    if cross and token.transliterated:
        return token.surface, token.transliterated
    return (token.surface,)


def _number(bound: int | float | date | None) -> int | float | None:
    return bound.toordinal() if isinstance(bound, date) else bound
