"""One page of hits: by key for every order but relevance, which goes on from a position."""

from __future__ import annotations

from dataclasses import dataclass

import tantivy
from tantivy import Query as Native

from indexer.documents import Document
from indexer.engines.asked import after, check, wanted
from indexer.engines.tantivy_engine.collapsing import by_key_collapsed, by_relevance_collapsed
from indexer.engines.tantivy_engine.compile import asked_of
from indexer.engines.tantivy_engine.counting import counting
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import from_tantivy
from indexer.ordering import KEY_FIELDS, MOST_TIES, Cursor, read_cursor
from indexer.requests import Hit, Page, SearchRequest, Sort

_DRIFT = 50


@dataclass(frozen=True, slots=True)
class _Keyed:
    key: int
    document: Document


def search(searcher: tantivy.Searcher, request: SearchRequest) -> Page:
    """The page that `request` asks for."""
    check(request)
    cursor = read_cursor(request.cursor, request.sort) if request.cursor else None
    with counting(searcher, request) as counts:
        if request.sort is Sort.RELEVANCE:
            look = by_relevance_collapsed if request.collapse else _by_relevance
            hits, following, total = look(searcher, request, cursor)
        else:
            hits, following, total = (by_key_collapsed if request.collapse else _by_key)(searcher, request, cursor)
        if total is None:
            total = find(searcher, asked_of(searcher, wanted(request)), 1).count
        facets, histogram = counts()
    return Page(
        hits=tuple(hits),
        total=total,
        facets=facets,
        histogram=histogram,
        next_cursor=str(following) if following else None,
    )


def _by_key(
    searcher: tantivy.Searcher, request: SearchRequest, cursor: Cursor | None
) -> tuple[list[Hit], Cursor | None, int | None]:
    rising = request.sort is Sort.OLDEST
    native = asked_of(searcher, after(wanted(request), cursor))
    found = find(searcher, native, request.limit + MOST_TIES, by=KEY_FIELDS[request.sort], rising=rising)
    hits = found.hits
    end = min(request.limit, len(hits))
    while end < len(hits) and hits[end][0] == hits[end - 1][0]:
        end += 1
    page = [_Keyed(key, from_tantivy(searcher.doc(address))) for key, address in hits[:end]]
    sign = 1 if rising else -1
    page.sort(key=lambda keyed: (sign * keyed.key, keyed.document.id))
    following = Cursor(request.sort, key=page[-1].key) if end < len(hits) else None
    return [Hit(keyed.document) for keyed in page], following, None if cursor else found.count


def _by_relevance(
    searcher: tantivy.Searcher, request: SearchRequest, cursor: Cursor | None
) -> tuple[list[Hit], Cursor | None, int | None]:
    given = cursor.given if cursor else 0
    native: Native = asked_of(searcher, wanted(request), scored=True)
    start = max(0, given - _DRIFT) if cursor else 0
    found = find(searcher, native, request.limit + 1 + (given - start) + _DRIFT, offset=start)
    documents: dict[int, Document] = {}

    def at(place: int) -> Document:
        if place not in documents:
            documents[place] = from_tantivy(searcher.doc(found.hits[place][1]))
        return documents[place]

    begin = given - start
    if cursor and not (begin - 1 < len(found.hits) and at(begin - 1).id == cursor.last_id):
        # Others have written since the last page: go on after its last hit, wherever that stands now.
        begin = next((place + 1 for place in range(len(found.hits)) if at(place).id == cursor.last_id), begin)
    end = min(begin + request.limit, len(found.hits))
    page = [Hit(at(place), score=float(found.hits[place][0])) for place in range(begin, end)]
    following = None
    if page and end < len(found.hits):
        following = Cursor(request.sort, given=start + end, last_id=page[-1].document.id)
    return page, following, found.count
