"""One page of hits, with facets and histogram; the first page in one request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from indexer.documents import Document
from indexer.engines.asked import after, check, facet_field, ticked, wanted
from indexer.engines.collapse import Walk, collapsed, group_of
from indexer.engines.elasticsearch_engine.compile import Dsl, compiled, without
from indexer.engines.elasticsearch_engine.schema import from_hit
from indexer.ordering import KEY_FIELDS, MOST_TIES, Cursor, read_cursor
from indexer.query.plan import AllOf, Step, plan
from indexer.requests import Bucket, Facet, Hit, Page, SearchRequest, Sort

_SPARE = 100  # more than is shown, so that equal counts are cut in the order of their values
_MOST_BUCKETS = 10_000
_SHOWN = "shown"
_DEEPEST = 10_000  # the server's window for pages by position; only collapsing by relevance needs it
_KEEP = "2m"
_BY_SCORE = ({"_score": "desc"}, {"by_date": "desc"}, {"id": "asc"})


class Searches:
    """Searches of one index or alias."""

    def __init__(self, client: Elasticsearch, index: str) -> None:
        self._client = client
        self._index = index

    def page(self, request: SearchRequest) -> Page:
        """The page that `request` asks for."""
        check(request)
        cursor = read_cursor(request.cursor, request.sort) if request.cursor else None
        if cursor is None and not request.collapse:
            return self._first_by_relevance(request) if request.sort is Sort.RELEVANCE else self._first_by_key(request)
        if request.sort is Sort.RELEVANCE:
            look = self._by_relevance_collapsed if request.collapse else self._by_relevance
        else:
            look = self._by_key_collapsed if request.collapse else self._by_key
        hits, following = look(request, cursor)
        return _page(request, hits, following, self._ask(size=0, **_counting(request)))

    def _first_by_key(self, request: SearchRequest) -> Page:
        """Hits and counts in one request: what a reviewer sees first."""
        answer = self._ask(
            **_counting(request), size=request.limit + 1, sort=_by_key_field(request), source=["payload"]
        )
        hits, following = self._complete(request, compiled(wanted(request)), _keyed(answer))
        return _page(request, hits, following, answer)

    def _first_by_relevance(self, request: SearchRequest) -> Page:
        """The same in the order of the scores."""
        size = request.limit + 1
        answer = self._ask(
            **_counting(request, scored=True), size=size, sort=_BY_SCORE, source=["payload"], track_scores=True
        )
        hits, following = _cut_by_score(request, answer["hits"]["hits"])
        return _page(request, hits, following, answer)

    def _by_key(self, request: SearchRequest, cursor: Cursor | None) -> tuple[list[Hit], Cursor | None]:
        query = compiled(after(wanted(request), cursor))
        return self._complete(request, query, self._keyed(request, query, request.limit + 1))

    def _complete(
        self, request: SearchRequest, query: Dsl, found: list[tuple[int, Document]]
    ) -> tuple[list[Hit], Cursor | None]:
        """The page cut from what was `found`: one more than it shows, or all there is. That nearly always suffices;
        fetching enough for the rare page that ends amid equal keys would cost every page more than all else."""
        if len(found) > request.limit and found[-1][0] == found[-2][0]:
            found = self._keyed(request, query, request.limit + MOST_TIES)
        return _cut(request, found)

    def _keyed(self, request: SearchRequest, query: Dsl, limit: int) -> list[tuple[int, Document]]:
        order = _by_key_field(request)
        return _keyed(self._ask(query=query, size=limit, sort=order, source=["payload"], track_total_hits=False))

    def _by_key_collapsed(self, request: SearchRequest, cursor: Cursor | None) -> tuple[list[Hit], Cursor | None]:
        whole = compiled(wanted(request))

        def fetch(at: Cursor | None, seen: Collection[str], limit: int) -> list[tuple[int, Document]]:
            query = without(compiled(after(wanted(request), at)), "group", list(seen))
            return self._keyed(request, query, limit)

        return collapsed(Walk(fetch, lambda groups: self._firsts(request, whole, groups)), request, cursor)

    def _by_relevance(self, request: SearchRequest, cursor: Cursor | None) -> tuple[list[Hit], Cursor | None]:
        """By score, then date, then id, in a point in time, so that scores stay."""
        assert cursor is not None  # noqa: S101 - the first page is counted with its hits
        moment = cursor.state or self._moment()
        score, _, last_id = cursor.last_id.partition(" ")
        asked: dict[str, Any] = {
            "query": compiled(wanted(request), scored=True),
            "size": request.limit + 1,
            "sort": _BY_SCORE,
            "source": ["payload"],
            "track_total_hits": False,
            "track_scores": True,
            "search_after": [float(score), cursor.key, last_id],
        }
        answer = self._ask_in(moment, asked)
        hits, following = _cut_by_score(request, answer["hits"]["hits"], answer.get("pit_id", moment))
        if following is None:
            self._close(moment)
        return hits, following

    def _by_relevance_collapsed(self, request: SearchRequest, cursor: Cursor | None) -> tuple[list[Hit], Cursor | None]:
        given = cursor.given if cursor else 0
        answer = self._ask(
            query=compiled(wanted(request), scored=True),
            from_=given,
            size=max(0, min(request.limit + 1, _DEEPEST - given)),
            sort=_BY_SCORE,
            collapse={"field": "group"},
            source=["payload"],
            track_scores=True,
            track_total_hits=False,
        )
        found = [(float(hit["_score"]), from_hit(hit)) for hit in answer["hits"]["hits"]]
        page = found[: request.limit]
        counts = self._firsts(request, compiled(wanted(request)), {group_of(document) for _, document in page})
        hits = [Hit(document, score, counts[group_of(document)][1]) for score, document in page]
        return hits, Cursor(request.sort, given=given + len(hits)) if len(found) > request.limit else None

    def _firsts(self, request: SearchRequest, whole: Dsl, groups: Iterable[str]) -> Mapping[str, tuple[int, int]]:
        """The first key and the number of matching documents of each group."""
        names = sorted(groups)
        if not names:
            return {}
        best = "min" if request.sort is Sort.OLDEST else "max"
        first = {best: {"field": KEY_FIELDS.get(request.sort, "by_date")}}
        answer = self._ask(
            query={"bool": {"filter": [whole, {"terms": {"group": names}}]}},
            size=0,
            aggs={"groups": {"terms": {"field": "group", "size": len(names)}, "aggs": {"first": first}}},
            track_total_hits=False,
        )
        buckets = answer["aggregations"]["groups"]["buckets"]
        return {str(b["key"]): (int(b["first"]["value"]), int(b["doc_count"])) for b in buckets}

    def _ask(self, **asked: Any) -> Mapping[str, Any]:
        return dict(self._client.search(index=self._index, allow_partial_search_results=False, **asked).body)

    def _ask_in(self, moment: str, asked: dict[str, Any]) -> Mapping[str, Any]:
        """In the point in time `moment`; once it has expired, in the index as it is now."""
        if moment:
            try:
                return dict(self._client.search(pit={"id": moment, "keep_alive": _KEEP}, **asked).body)
            except NotFoundError:
                pass
        return self._ask(**asked)

    def _moment(self) -> str:
        return str(self._client.open_point_in_time(index=self._index, keep_alive=_KEEP).body["id"])

    def _close(self, moment: str) -> None:
        try:
            self._client.close_point_in_time(id=moment)
        except NotFoundError:
            return  # it has expired by itself


def _page(request: SearchRequest, hits: list[Hit], following: Cursor | None, counted: Mapping[str, Any]) -> Page:
    ways = dict(counted.get("aggregations", {}))
    ways |= ways.pop(_SHOWN, {})
    answers = {name: answer.get("values", answer) for name, answer in ways.items() if isinstance(answer, dict)}
    return Page(
        hits=tuple(hits),
        total=int(counted["hits"]["total"]["value"]),
        facets={name: _facet(answers[f"facet {name}"], request.facet_size) for name in request.facets},
        histogram=_histogram(answers["histogram"]) if request.histogram else (),
        next_cursor=str(following) if following else None,
    )


def _keyed(answer: Mapping[str, Any]) -> list[tuple[int, Document]]:
    return [(int(hit["sort"][0]), from_hit(hit)) for hit in answer["hits"]["hits"]]


def _by_key_field(request: SearchRequest) -> list[dict[str, str]]:
    return [{KEY_FIELDS[request.sort]: "asc" if request.sort is Sort.OLDEST else "desc"}]


def _cut(request: SearchRequest, found: list[tuple[int, Document]]) -> tuple[list[Hit], Cursor | None]:
    """The page, stretched until its last key is complete, and where the next one goes on."""
    end = min(request.limit, len(found))
    while end < len(found) and found[end][0] == found[end - 1][0]:
        end += 1
    sign = 1 if request.sort is Sort.OLDEST else -1
    page = sorted(found[:end], key=lambda keyed: (sign * keyed[0], keyed[1].id))
    following = Cursor(request.sort, key=page[-1][0]) if end < len(found) else None
    return [Hit(document) for _, document in page], following


def _cut_by_score(
    request: SearchRequest, found: Sequence[Mapping[str, Any]], moment: str = ""
) -> tuple[list[Hit], Cursor | None]:
    page = found[: request.limit]
    hits = [Hit(from_hit(hit), score=float(hit["_score"])) for hit in page]
    if len(found) <= request.limit:
        return hits, None
    score, key, last_id = page[-1]["sort"]
    return hits, Cursor(request.sort, key=int(key), last_id=f"{score!r} {last_id}", state=moment)


def _counting(request: SearchRequest, *, scored: bool = False) -> dict[str, Any]:
    """The query, the total, and the counts. A facet leaves out its own ticks; the other facets and the histogram keep
    them all, and are counted behind one filter. Only a facet with ticks needs more documents than are shown: without
    one the query itself is filtered."""
    own = [name for name in request.facets if request.filters.get(name)]
    counts = {f"facet {name}": _terms(facet_field(name), request.facet_size + _SPARE) for name in request.facets}
    if request.histogram:
        counts["histogram"] = _terms(request.histogram, _MOST_BUCKETS)
    if not own:
        return {"track_total_hits": True, "query": compiled(wanted(request), scored), "aggs": counts}
    ticks = compiled(AllOf(ticked(request)))
    ways = {f"facet {name}": _behind(ticked(request, without=name), counts.pop(f"facet {name}")) for name in own}
    if counts:
        ways[_SHOWN] = {"filter": ticks, "aggs": counts}
    query = compiled(plan(request.query, request.cross_script), scored)
    return {"track_total_hits": True, "query": query, "post_filter": ticks, "aggs": ways}


def _behind(filters: tuple[Step, ...], counts: Dsl) -> Dsl:
    return {"filter": compiled(AllOf(filters)), "aggs": {"values": counts}} if filters else counts


def _terms(field: str, size: int) -> Dsl:
    return {"terms": {"field": field, "size": size}}


def _facet(answer: Mapping[str, Any], size: int) -> Facet:
    buckets = sorted(_buckets(answer["buckets"]), key=lambda bucket: (-bucket.count, bucket.value))
    rest = sum(bucket.count for bucket in buckets[size:]) + int(answer["sum_other_doc_count"])
    return Facet(tuple(buckets[:size]), rest)


def _histogram(answer: Mapping[str, Any]) -> tuple[Bucket, ...]:
    return tuple(sorted(_buckets(answer["buckets"]), key=lambda bucket: bucket.value))


def _buckets(plain: Iterable[Mapping[str, Any]]) -> list[Bucket]:
    return [Bucket(str(bucket["key"]), int(bucket["doc_count"])) for bucket in plain]
