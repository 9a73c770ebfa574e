"""Counts by value for the facets and by month, week or day for the histogram."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, TypeAlias

import tantivy

from indexer.engines.asked import facet_field, wanted
from indexer.engines.tantivy_engine.compile import asked_of
from indexer.requests import Bucket, Facet, SearchRequest

_EXACT = 65_000  # values looked at for each segment: counts stay exact below
_MANY = 50_000  # documents; in a smaller index counting takes less than handing it over
_SPARE = 100  # more than is shown, so that equal counts are cut in the order of their values


Counts: TypeAlias = tuple[Mapping[str, Facet], tuple[Bucket, ...]]


@contextmanager
def counting(searcher: tantivy.Searcher, request: SearchRequest) -> Iterator[Callable[[], Counts]]:
    """Counts while the block runs; gives the function that waits for the facets asked for, each ignoring its own
    filter, and for the histogram, earliest first.

    Whatever counts the same documents is counted in one go.
    """
    plain = [name for name in request.facets if not request.filters.get(name)]
    groups: list[tuple[str | None, list[str]]] = [(None, plain)] if plain or request.histogram else []
    groups += [(name, [name]) for name in request.facets if request.filters.get(name)]
    works = [partial(_group, searcher, request, *group) for group in groups]
    if searcher.num_docs < _MANY:
        yield lambda: _joined(request, [work() for work in works])
        return
    pool = _pool(os.getpid())
    running = [pool.submit(work) for work in works]
    try:
        yield lambda: _joined(request, [future.result() for future in running])
    finally:
        wait(running)  # what fails meanwhile must not leave them behind


@lru_cache(maxsize=1)
def _pool(process: int) -> ThreadPoolExecutor:
    """Two threads, in which the engine counts without Python's lock; a process that was forked needs its own."""
    return ThreadPoolExecutor(2, f"counting-{process}")


def _group(searcher: tantivy.Searcher, request: SearchRequest, without: str | None, names: list[str]) -> Counts:
    """The facets `names` of what is found when the filter of the facet `without` is set aside."""
    asked = {f"facet {name}": _terms(facet_field(name), request.facet_size + _SPARE) for name in names}
    if request.histogram and without is None:
        asked["histogram"] = _terms(request.histogram, _EXACT)
    answer = searcher.aggregate(asked_of(searcher, wanted(request, without=without)), asked)
    months: list[Bucket] = _buckets(answer["histogram"]["buckets"]) if "histogram" in asked else []
    found = {name: _facet(answer[f"facet {name}"], request.facet_size) for name in names}
    return found, tuple(sorted(months, key=lambda bucket: bucket.value))


def _joined(request: SearchRequest, parts: Sequence[Counts]) -> Counts:
    found = {name: facet for facets, _ in parts for name, facet in facets.items()}
    return {name: found[name] for name in request.facets}, tuple(bucket for _, months in parts for bucket in months)


def _terms(field: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": size, "segment_size": _EXACT}}


def _facet(answer: Mapping[str, Any], size: int) -> Facet:
    buckets = sorted(_buckets(answer["buckets"]), key=lambda bucket: (-bucket.count, bucket.value))
    rest = sum(bucket.count for bucket in buckets[size:]) + int(answer.get("sum_other_doc_count") or 0)
    return Facet(tuple(buckets[:size]), rest)


def _buckets(plain: Iterable[Mapping[str, Any]]) -> list[Bucket]:
    return [Bucket(str(bucket["key"]), int(bucket["doc_count"])) for bucket in plain]
