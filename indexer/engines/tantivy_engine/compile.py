"""Steps to tantivy queries. Nothing a person typed reaches tantivy's own parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tantivy import FieldType, Occur, Searcher
from tantivy import Query as Native

from indexer.engines.tantivy_engine.schema import schema, whole_field
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
)
from indexer.written import LEXEMES, TITLE_LEXEMES, WORDS

_TITLE_BOOST = 2.0
_EXACT_BOOST = 0.2


@lru_cache(maxsize=20_000)
def compiled(step: Step, scored: bool = False) -> Native:
    """The native query of `step`; unscored is cheaper and finds the same."""
    match step:
        case AnyOf():
            return _any([compiled(part, scored) for part in step.steps])
        case AllOf():
            return _all(step, scored)
        case Except():
            return _all(AllOf((step,)), scored)
        case HasLexeme():
            return _lexeme(step, scored)
        case HasPhrase():
            return _phrase(step)
        case HasPrefix():
            return Native.regex_query(schema(), WORDS, re.escape(step.prefix) + ".*")
        case HasFuzzy():
            return Native.fuzzy_term_query(schema(), WORDS, step.surface, step.edits, True)
        case HasValue():
            return _silent(_any([Native.term_query(schema(), field, step.value) for field in step.fields]), scored)
        case Between():
            return _silent(_between(step), scored)


def asked_of(searcher: Searcher, step: Step, scored: bool = False) -> Native:
    """The native query of `step` without the spellings that this index does not hold: most words were written in one
    script only, and every further list to be joined costs as much as the first."""
    return compiled(_held(searcher, step), scored)


def _held(searcher: Searcher, step: Step) -> Step:
    match step:
        case HasLexeme():
            held = tuple(lexeme for lexeme in step.lexemes if searcher.doc_freq(LEXEMES, lexeme))
            return HasLexeme(held, step.surfaces) if held else AnyOf(())
        case AllOf():
            return AllOf(tuple(_held(searcher, part) for part in step.steps))
        case AnyOf():
            return AnyOf(tuple(_held(searcher, part) for part in step.steps))
        case Except():
            return Except(_held(searcher, step.step))
        case _:
            return step


def explained(step: Step) -> str:
    """The native query that finds what `step` asks for, in tantivy's own words."""
    return repr(compiled(step))


def values(field: str, wanted: list[str]) -> Native:
    """Documents that hold one of `wanted` in a keyword field."""
    return Native.term_set_query(schema(), field, wanted)


def both(first: Native, second: Native) -> Native:
    """Documents that both queries find."""
    return Native.boolean_query([(Occur.Must, first), (Occur.Must, second)])


def _all(step: AllOf, scored: bool) -> Native:
    must = [compiled(part, scored) for part in step.steps if not isinstance(part, Except)]
    never = [compiled(part.step) for part in step.steps if isinstance(part, Except)]
    if not must:
        must = [_silent(Native.all_query(), scored)]
    if len(must) == 1 and not never:
        return must[0]
    return Native.boolean_query([(Occur.Must, q) for q in must] + [(Occur.MustNot, q) for q in never])


def _any(options: list[Native]) -> Native:
    if not options:
        return Native.empty_query()
    return options[0] if len(options) == 1 else Native.boolean_query([(Occur.Should, q) for q in options])


def _lexeme(step: HasLexeme, scored: bool) -> Native:
    plain = [Native.term_query(schema(), LEXEMES, lexeme) for lexeme in step.lexemes]
    if not scored:
        return _any(plain)
    in_title = [Native.term_query(schema(), TITLE_LEXEMES, lexeme) for lexeme in step.lexemes]
    best = Native.disjunction_max_query([*plain, *(Native.boost_query(query, _TITLE_BOOST) for query in in_title)])
    exact = [Native.term_query(schema(), WORDS, surface) for surface in step.surfaces]
    lifts = [(Occur.Should, Native.boost_query(query, _EXACT_BOOST)) for query in exact]
    return Native.boolean_query([(Occur.Must, best), *lifts])


def _phrase(step: HasPhrase) -> Native:
    if len(step.words) == 1:  # tantivy has no phrase of one word
        return Native.term_query(schema(), WORDS, step.words[0])
    # Its own slop also lets words change places; every spread as a phrase of its own keeps their order.
    spreads = _spreads(len(step.words), step.slop)
    return _any([Native.phrase_query(schema(), WORDS, list(zip(s, step.words, strict=True))) for s in spreads])


def _spreads(count: int, slop: int) -> Iterator[tuple[int, ...]]:
    """Every way to place `count` words in order with at most `slop` places left free among them."""
    if count == 1:
        yield (0,)
        return
    for gap in range(slop + 1):
        for rest in _spreads(count - 1, slop - gap):
            yield (0, *(place + gap + 1 for place in rest))


def _between(step: Between) -> Native:
    kind = FieldType.Integer if whole_field(step.field) else FieldType.Float
    cast = int if whole_field(step.field) else float
    return Native.range_query(
        schema(),
        step.field,
        kind,
        lower_bound=None if step.low is None else cast(step.low),
        upper_bound=None if step.high is None else cast(step.high),
        include_lower=step.low is None or not step.low_open,
        include_upper=step.high is None or not step.high_open,
    )


def _silent(query: Native, scored: bool) -> Native:
    """A condition that does not move the rank."""
    return Native.const_score_query(query, 0.0) if scored else query
