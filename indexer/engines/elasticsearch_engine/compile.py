"""Steps to the server's query language. Nothing a person typed reaches a parser of the server's."""

from __future__ import annotations

import json
from typing import Any

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
_MOST_FUZZY = 1000  # different words a fuzzy one may stand for; the server's default of 50 would lose hits

Dsl = dict[str, Any]


def compiled(step: Step, scored: bool = False) -> Dsl:
    """The query of `step`; unscored is cheaper and finds the same."""
    match step:
        case AnyOf():
            return _any([compiled(part, scored) for part in step.steps])
        case AllOf():
            must = [compiled(part, scored) for part in step.steps if not isinstance(part, Except)]
            never = [compiled(part.step) for part in step.steps if isinstance(part, Except)]
            return _all(must, never, scored)
        case Except():
            return _all([], [compiled(step.step)], scored)
        case HasLexeme():
            return _lexeme(step, scored)
        case HasPhrase():
            return _phrase(step)
        case HasPrefix():
            return {"prefix": {WORDS: {"value": step.prefix}}}
        case HasFuzzy():
            return {"fuzzy": {WORDS: _fuzzy(step)}}
        case HasValue():
            return _silent(_any([{"term": {field: {"value": step.value}}} for field in step.fields]), scored)
        case Between():
            return _silent(_between(step), scored)


def explained(step: Step) -> str:
    """The body of the query that finds what `step` asks for, as JSON."""
    return json.dumps(compiled(step), ensure_ascii=False, indent=1)


def without(query: Dsl, field: str, values: list[str]) -> Dsl:
    """What `query` finds, except documents that hold one of `values`."""
    return {"bool": {"filter": [query], "must_not": [{"terms": {field: values}}]}} if values else query


def _all(must: list[Dsl], never: list[Dsl], scored: bool) -> Dsl:
    if not must and not never:
        return _silent({"match_all": {}}, scored)
    if len(must) == 1 and not never:
        return must[0]
    return {"bool": {"must" if scored else "filter": must or [{"match_all": {"boost": 0.0}}], "must_not": never}}


def _any(options: list[Dsl]) -> Dsl:
    if not options:
        return {"match_none": {}}
    return options[0] if len(options) == 1 else {"bool": {"should": options, "minimum_should_match": 1}}


def _lexeme(step: HasLexeme, scored: bool) -> Dsl:
    if not scored:
        return {"terms": {LEXEMES: list(step.lexemes)}}
    plain = [{"term": {LEXEMES: {"value": lexeme}}} for lexeme in step.lexemes]
    title = [{"term": {TITLE_LEXEMES: {"value": lexeme, "boost": _TITLE_BOOST}}} for lexeme in step.lexemes]
    exact = [{"term": {WORDS: {"value": surface, "boost": _EXACT_BOOST}}} for surface in step.surfaces]
    return {"bool": {"must": [{"dis_max": {"queries": plain + title}}], "should": exact}}


def _phrase(step: HasPhrase) -> Dsl:
    text = " ".join(step.words)
    if len(step.words) == 1:
        return {"term": {WORDS: {"value": text}}}
    if not step.slop:
        return {"match_phrase": {WORDS: {"query": text}}}
    # match_phrase with a slop also lets words change places; intervals keep their order.
    return {"intervals": {WORDS: {"match": {"query": text, "ordered": True, "max_gaps": step.slop}}}}


def _fuzzy(step: HasFuzzy) -> Dsl:
    return {
        "value": step.surface,
        "fuzziness": step.edits,
        "prefix_length": 0,
        "transpositions": True,
        "max_expansions": _MOST_FUZZY,
        "rewrite": "constant_score",
    }


def _between(step: Between) -> Dsl:
    bounds: Dsl = {}
    if step.low is not None:
        bounds["gt" if step.low_open else "gte"] = step.low
    if step.high is not None:
        bounds["lt" if step.high_open else "lte"] = step.high
    return {"range": {step.field: bounds}}


def _silent(query: Dsl, scored: bool) -> Dsl:
    """A condition that does not move the rank."""
    return {"constant_score": {"filter": query, "boost": 0.0}} if scored else query
