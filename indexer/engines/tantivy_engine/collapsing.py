"""One advert of each campaign: the first in the order asked for, with the count of its siblings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import tantivy
from tantivy import Occur
from tantivy import Query as Native

from indexer.documents import Document
from indexer.engines.asked import after, wanted
from indexer.engines.collapse import MOST_LOOKED_AT, Walk, collapsed, group_of
from indexer.engines.tantivy_engine.compile import asked_of, both, values
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import GROUP_KEY, from_tantivy
from indexer.ordering import KEY_FIELDS, Cursor
from indexer.requests import Hit, SearchRequest, Sort


def by_key_collapsed(
    searcher: tantivy.Searcher, request: SearchRequest, cursor: Cursor | None
) -> tuple[list[Hit], Cursor | None, None]:
    """A page in an order by key."""
    oldest = request.sort is Sort.OLDEST
    field = KEY_FIELDS[request.sort]
    whole = asked_of(searcher, wanted(request))

    def fetch(at: Cursor | None, without: Collection[str], limit: int) -> list[tuple[int, Document]]:
        native = asked_of(searcher, after(wanted(request), at))
        if without:
            native = Native.boolean_query([(Occur.Must, native), (Occur.MustNot, values("group", list(without)))])
        hits = find(searcher, native, limit, by=field, rising=oldest, count=False).hits
        return [(key, from_tantivy(searcher.doc(address))) for key, address in hits]

    walk = Walk(fetch, lambda groups: _firsts(searcher, whole, field, groups, oldest=oldest))
    return *collapsed(walk, request, cursor), None


def by_relevance_collapsed(
    searcher: tantivy.Searcher, request: SearchRequest, cursor: Cursor | None
) -> tuple[list[Hit], Cursor | None, int]:
    """Collapses from the top each time: the score of a document is known only together with the others'."""
    given = cursor.given if cursor else 0
    native = asked_of(searcher, wanted(request), scored=True)
    need, step = given + request.limit + 1, (given + request.limit + 1) * 2
    while True:
        found = find(searcher, native, step)
        groups = searcher.fast_field_values(GROUP_KEY, [address for _, address in found.hits])
        firsts = dict(zip(reversed(groups), reversed(range(len(groups))), strict=True))
        places = sorted(firsts.values())
        if len(places) >= need or len(found.hits) < step or step >= MOST_LOOKED_AT:
            break
        step *= 4
    shown = places[given : given + request.limit]
    documents = [from_tantivy(searcher.doc(found.hits[place][1])) for place in shown]
    counts = _firsts(
        searcher, asked_of(searcher, wanted(request)), "by_date", {group_of(d) for d in documents}, oldest=False
    )
    hits = [
        Hit(document, float(found.hits[place][0]), counts[group_of(document)][1])
        for place, document in zip(shown, documents, strict=True)
    ]
    more = len(places) > given + request.limit
    return hits, Cursor(request.sort, given=given + len(hits)) if more else None, found.count


def _firsts(
    searcher: tantivy.Searcher, whole: Native, field: str, groups: Iterable[str], *, oldest: bool
) -> dict[str, tuple[int, int]]:
    """The first key and the number of matching documents of each group."""
    wanted_groups = sorted(groups)
    if not wanted_groups:
        return {}
    asked: dict[str, Any] = {
        "g": {
            "terms": {"field": "group", "size": len(wanted_groups), "segment_size": 65_000},
            "aggs": {"first": {"min" if oldest else "max": {"field": field}}},
        }
    }
    answer: Mapping[str, Any] = searcher.aggregate(both(whole, values("group", wanted_groups)), asked)
    return {
        str(bucket["key"]): (int(bucket["first"]["value"]), int(bucket["doc_count"]))
        for bucket in answer["g"]["buckets"]
    }
