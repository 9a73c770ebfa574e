"""One advert of each campaign: the first in the order asked for, with the count of its siblings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tantivy
from tantivy import Occur
from tantivy import Query as Native

from indexer.documents import Document
from indexer.engines.asked import after, wanted
from indexer.engines.tantivy_engine.compile import both, compiled, values
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import GROUP_KEY, from_tantivy
from indexer.ordering import KEY_FIELDS, Cursor
from indexer.requests import Hit, SearchRequest, Sort

_MOST_LOOKED_AT = 100_000


def by_key_collapsed(
    searcher: tantivy.Searcher, request: SearchRequest, cursor: Cursor | None
) -> tuple[list[Hit], Cursor | None, None]:
    """Goes down the order in growing steps and keeps the documents that are the first of their campaign."""
    oldest = request.sort is Sort.OLDEST
    field = KEY_FIELDS[request.sort]
    whole = compiled(wanted(request))
    page: list[tuple[int, Document, int]] = []
    seen: list[str] = []
    step, more = request.limit * 2 + 1, True
    at = cursor
    while len(page) <= request.limit and more:
        native = compiled(after(wanted(request), at))
        if seen:
            native = Native.boolean_query([(Occur.Must, native), (Occur.MustNot, values("group", seen))])
        hits = find(searcher, native, step, by=field, rising=oldest, count=False).hits
        more = len(hits) == step
        if more:  # the last key may go on beyond this step: leave it for the next one
            last = hits[-1][0]
            hits = [hit for hit in hits if hit[0] != last] or hits
        found = sorted(
            ((key, from_tantivy(searcher.doc(address))) for key, address in hits),
            key=lambda keyed: (keyed[0] if oldest else -keyed[0], keyed[1].id),
        )
        first = _firsts(searcher, whole, field, {_group(document) for _, document in found}, oldest=oldest)
        for key, document in found:
            group = _group(document)
            if group not in seen:
                best, count = first[group]
                if best == key:
                    page.append((key, document, count))
                seen.append(group)
        if hits:
            at = Cursor(request.sort, key=hits[-1][0])
        step = min(step * 2, _MOST_LOOKED_AT)
    following = Cursor(request.sort, key=page[request.limit - 1][0]) if len(page) > request.limit else None
    return [Hit(document, siblings=count) for _, document, count in page[: request.limit]], following, None


def by_relevance_collapsed(
    searcher: tantivy.Searcher, request: SearchRequest, cursor: Cursor | None
) -> tuple[list[Hit], Cursor | None, int]:
    """Collapses from the top each time: the score of a document is known only together with the others'."""
    given = cursor.given if cursor else 0
    native = compiled(wanted(request), scored=True)
    need, step = given + request.limit + 1, (given + request.limit + 1) * 2
    while True:
        found = find(searcher, native, step)
        groups = searcher.fast_field_values(GROUP_KEY, [address for _, address in found.hits])
        firsts = dict(zip(reversed(groups), reversed(range(len(groups))), strict=True))
        places = sorted(firsts.values())
        if len(places) >= need or len(found.hits) < step or step >= _MOST_LOOKED_AT:
            break
        step *= 4
    shown = places[given : given + request.limit]
    documents = [from_tantivy(searcher.doc(found.hits[place][1])) for place in shown]
    counts = _firsts(searcher, compiled(wanted(request)), "by_date", {_group(d) for d in documents}, oldest=False)
    hits = [
        Hit(document, float(found.hits[place][0]), counts[_group(document)][1])
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


def _group(document: Document) -> str:
    return document.campaign or document.id
