"""Counts by value for the facets and by month, week or day for the histogram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tantivy

from indexer.engines.asked import facet_field, wanted
from indexer.engines.tantivy_engine.compile import compiled
from indexer.requests import Bucket, Facet, SearchRequest

_EXACT = 65_000  # values looked at for each segment: counts stay exact below
_SPARE = 100  # more than is shown, so that equal counts are cut in the order of their values


def counted(searcher: tantivy.Searcher, request: SearchRequest) -> tuple[Mapping[str, Facet], tuple[Bucket, ...]]:
    """The facets asked for, each ignoring its own filter, and the histogram, earliest first.

    Whatever counts the same documents is counted in one go.
    """
    found: dict[str, Facet] = {}
    months: tuple[Bucket, ...] = ()
    plain = [name for name in request.facets if not request.filters.get(name)]
    groups: list[tuple[str | None, list[str]]] = [(None, plain)] if plain or request.histogram else []
    groups += [(name, [name]) for name in request.facets if request.filters.get(name)]
    for without, names in groups:
        asked = {f"facet {name}": _terms(facet_field(name), request.facet_size + _SPARE) for name in names}
        if request.histogram and without is None:
            asked["histogram"] = _terms(request.histogram, _EXACT)
        answer = searcher.aggregate(compiled(wanted(request, without=without)), asked)
        found.update((name, _facet(answer[f"facet {name}"], request.facet_size)) for name in names)
        if "histogram" in asked:
            months = tuple(sorted(_buckets(answer["histogram"]["buckets"]), key=lambda bucket: bucket.value))
    return {name: found[name] for name in request.facets}, months


def _terms(field: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": size, "segment_size": _EXACT}}


def _facet(answer: Mapping[str, Any], size: int) -> Facet:
    buckets = sorted(_buckets(answer["buckets"]), key=lambda bucket: (-bucket.count, bucket.value))
    rest = sum(bucket.count for bucket in buckets[size:]) + int(answer.get("sum_other_doc_count") or 0)
    return Facet(tuple(buckets[:size]), rest)


def _buckets(plain: Iterable[Mapping[str, Any]]) -> list[Bucket]:
    return [Bucket(str(bucket["key"]), int(bucket["doc_count"])) for bucket in plain]
