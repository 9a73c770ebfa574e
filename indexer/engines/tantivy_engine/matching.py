"""Saved searches against a batch, for ten thousand of them at once.

Only a query of which some word stands in the batch is looked at: which words it cannot do without is worked out when
it is first met. The batch is turned into sets: for each lexeme, keyword and prefix the documents that hold it, a set
being a whole number with one bit a document. A query's steps are joined as sets, at a few microseconds a query. Phrases
and fuzzy words, where sets do not suffice, are asked of an index of the batch in memory by the very queries of the
search page; that index is made when the first of them still has a document to find. What comes out is what `search`
finds: the tests ask both ways.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeAlias

import tantivy

from indexer.documents import Document, keywords, numbers
from indexer.engines.tantivy_engine.compile import compiled
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import schema
from indexer.query import Query
from indexer.query.plan import (
    AllOf,
    AnyOf,
    Between,
    Except,
    HasFuzzy,
    HasLexeme,
    HasPhrase,
    HasPrefix,
    HasValue,
    Step,
    plan,
)
from indexer.written import LEXEMES, WORDS, texts

_HEAP_BYTES = 100_000_000  # room for a batch in one segment: each further one is asked by every query again
_LAST = (HasPhrase, HasFuzzy, Between)
_NUMBER = "version"  # a number of the schema that no query asks for; here it holds the place in the batch

_Dear: TypeAlias = HasPhrase | HasPrefix | HasFuzzy | Between
_Look: TypeAlias = "Callable[[_Sets], int]"


def match(documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
    """The pairs (key of the query, id of the document) where the query finds the document."""
    batch = list({document.id: document for document in documents}.values())
    if not batch or not queries:
        return set()
    watches = _prepared(queries)
    sets = _Sets(batch, watches.sought)
    keys = set(watches.always).union(*(watches.keys[lexeme] for lexeme in sets.lexemes if lexeme in watches.keys))
    return {(key, batch[place].id) for key in keys for place in _places(watches.looks[key](sets))}


@dataclass(frozen=True, slots=True)
class _Watches:
    """Queries made ready: how each is looked for, every lexeme in them, the keys of those that need one of some lexemes
    by lexeme, and the keys of the others, that are always looked at."""

    queries: Mapping[str, Query]
    looks: Mapping[str, _Look]
    sought: frozenset[str]
    keys: Mapping[str, Sequence[str]]
    always: Sequence[str]


_last: list[_Watches] = []


def _prepared(queries: Mapping[str, Query]) -> _Watches:
    """The queries made ready; those of the last call are remembered, since one batch follows the other."""
    for known in _last:
        if known.queries == queries:
            return known
    steps = {key: plan(query) for key, query in queries.items()}
    keys: dict[str, list[str]] = {}
    always: list[str] = []
    for key, step in steps.items():
        needed = _needed(step)
        if needed is None:
            always.append(key)
        for lexeme in needed or ():
            keys.setdefault(lexeme, []).append(key)
    sought = frozenset(lexeme for step in steps.values() for lexeme in _lexemes(step))
    looks = {key: _look(step) for key, step in steps.items()}
    made = _Watches(dict(queries), looks, sought, keys, always)
    _last[:] = [made]
    return made


def _needed(step: Step) -> frozenset[str] | None:
    """Lexemes of which whatever meets the step holds one; None when it may hold none."""
    match step:
        case HasLexeme():
            return frozenset(step.lexemes)
        case AnyOf():
            parts = [_needed(part) for part in step.steps]
            return None if None in parts else frozenset().union(*(part for part in parts if part is not None))
        case AllOf():
            needed = [part for part in map(_needed, step.steps) if part is not None]
            return min(needed, key=len, default=None)
        case _:
            return None


class _Sets:
    """Which documents of the batch meet a step, as the bits of a whole number; `sought` lexemes are all it knows."""

    def __init__(self, batch: Sequence[Document], sought: frozenset[str]) -> None:
        self._batch = batch
        self.all = (1 << len(batch)) - 1
        self._words = [texts(document) for document in batch]
        self.lexemes = _by_value(sought.intersection(text[LEXEMES].split()) for text in self._words)
        self._keywords: dict[str, dict[str, int]] = {}
        self._asked: dict[str, int] = {}

    def once(self, name: str, step: _Dear) -> int:
        """The set of a step that is dear to work out; `name` tells it from others."""
        if name not in self._asked:
            self._asked[name] = self._find(step)
        return self._asked[name]

    def of_field(self, field: str) -> dict[str, int]:
        """The sets of the values of a keyword field."""
        if field not in self._keywords:
            self._keywords[field] = _by_value(held[field] for held in self._values)
        return self._keywords[field]

    @cached_property
    def _values(self) -> list[Mapping[str, tuple[str, ...]]]:
        return [keywords(document) for document in self._batch]

    @cached_property
    def _numbers(self) -> list[Mapping[str, int | float | None]]:
        return [numbers(document) for document in self._batch]

    def _find(self, step: _Dear) -> int:
        match step:
            case Between():
                return self._between(step)
            case HasPrefix():
                return self._beginning(step.prefix)
            case HasPhrase():
                hold = self.all
                for word in step.words:
                    hold &= self._surfaces.get(word, 0)
                return hold & self._ask(step) if hold else 0
            case HasFuzzy():
                return self._ask(step)

    def _between(self, step: Between) -> int:
        found = 0
        for place, held in enumerate(self._numbers):
            number = held[step.field]
            if number is None:
                continue
            above = step.low is None or (number > step.low if step.low_open else number >= step.low)
            below = step.high is None or (number < step.high if step.high_open else number <= step.high)
            if above and below:
                found |= 1 << place
        return found

    def _beginning(self, prefix: str) -> int:
        found = 0
        for at in range(bisect_left(self._in_order, prefix), len(self._in_order)):
            if not self._in_order[at].startswith(prefix):
                break
            found |= self._surfaces[self._in_order[at]]
        return found

    @cached_property
    def _surfaces(self) -> dict[str, int]:
        return _by_value(text[WORDS].split() for text in self._words)

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self._surfaces)

    def _ask(self, step: Step) -> int:
        hits = find(self._searcher, compiled(step), len(self._batch), by=_NUMBER, count=False).hits
        return sum(1 << int(place) for place, _ in hits)

    @cached_property
    def _searcher(self) -> tantivy.Searcher:
        """An index in memory of the words alone."""
        index = tantivy.Index(schema())
        writer = index.writer(_HEAP_BYTES, 1)
        for place, text in enumerate(self._words):
            made = tantivy.Document()
            made.add_integer(_NUMBER, place)
            made.add_text(WORDS, text[WORDS])
            writer.add_document(made)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index.searcher()


def _look(step: Step) -> _Look:
    """The step as a function of the sets of a batch: a query is looked for in every batch."""
    match step:
        case HasLexeme():
            return _any_lexeme(step.lexemes)
        case HasValue():
            return _any([partial(_of_value, field, step.value) for field in step.fields])
        case AnyOf():
            if all(isinstance(part, HasLexeme) for part in step.steps):
                return _any_lexeme(tuple(dict.fromkeys(_lexemes(step))))
            return _any([_look(part) for part in step.steps])
        case AllOf():
            return _every([_look(part) for part in sorted(step.steps, key=lambda part: isinstance(part, _LAST))])
        case Except():
            look = _look(step.step)
            return lambda sets: sets.all & ~look(sets)
        case _:
            name = repr(step)
            return lambda sets: sets.once(name, step)


def _any_lexeme(lexemes: Sequence[str]) -> _Look:
    def look(sets: _Sets) -> int:
        found = 0
        for lexeme in lexemes:
            if lexeme in sets.lexemes:
                found |= sets.lexemes[lexeme]
        return found

    return look


def _of_value(field: str, value: str, sets: _Sets) -> int:
    return sets.of_field(field).get(value, 0)


def _any(looks: Sequence[_Look]) -> _Look:
    def look(sets: _Sets) -> int:
        found = 0
        for part in looks:
            found |= part(sets)
        return found

    return looks[0] if len(looks) == 1 else look


def _every(looks: Sequence[_Look]) -> _Look:
    def look(sets: _Sets) -> int:
        found = sets.all
        for part in looks:
            found &= part(sets)
            if not found:
                break
        return found

    return look


def _lexemes(step: Step) -> Iterator[str]:
    """Every lexeme that the step looks for."""
    if isinstance(step, HasLexeme):
        yield from step.lexemes
    elif isinstance(step, AllOf | AnyOf):
        for part in step.steps:
            yield from _lexemes(part)
    elif isinstance(step, Except):
        yield from _lexemes(step.step)


def _by_value(held: Iterable[Iterable[str]]) -> dict[str, int]:
    """For each value the documents that hold it."""
    found: dict[str, int] = {}
    for place, values in enumerate(held):
        bit = 1 << place
        for value in set(values):
            found[value] = found.get(value, 0) | bit
    return found


def _places(found: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while found:
        last = found & -found
        yield last.bit_length() - 1
        found ^= last
