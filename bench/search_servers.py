"""Elasticsearch asked directly: its own analyser, its own highlighter, one request a page."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

from search_town import FACETS, Asked, values

from indexer import Document
from indexer.documents import to_fields

_CHUNK = 500


class RawElasticsearch:
    """An index with the server's standard analyser and the queries one writes by hand."""

    name = "raw Elasticsearch"
    folder = None

    def __init__(self, at: str) -> None:
        self.at = at
        keyword = {name: {"type": "keyword"} for name in (*FACETS, "month")}
        fields: dict[str, Any] = {
            "body": {"type": "text"},
            "payload": {"type": "object", "enabled": False},
            "rank": {"type": "integer"},
            "day": {"type": "long"},
            **keyword,
        }
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        self.call("PUT", "/raw", {"settings": settings, "mappings": {"properties": fields}})

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request; a list of objects is sent as the lines of a bulk request."""
        bulk = isinstance(body, list)
        data = b"".join(_json(line) + b"\n" for line in body) if bulk else _json(body) if body is not None else None
        kind = "application/x-ndjson" if bulk else "application/json"
        request = urllib.request.Request(f"http://{self.at}{path}", data, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)

    def add(self, batches: Sequence[Sequence[Document]]) -> None:
        """Indexes each batch and makes it visible."""
        for batch in batches:
            self._add(batch)

    def _add(self, batch: Sequence[Document]) -> None:
        for start in range(0, len(batch), _CHUNK):
            lines = [line for advert in batch[start : start + _CHUNK] for line in _lines(advert)]
            assert not self.call("POST", "/raw/_bulk", lines)["errors"]
        self.call("POST", "/raw/_refresh")

    def finish(self) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """Deletes the index."""
        self.call("DELETE", "/raw")

    def prepare(self, query: Asked) -> None:
        """Nothing to prepare."""

    def ask(self, query: Asked) -> int:
        """Answers one query and returns its total."""
        text = " ".join(query.words)
        match: dict[str, Any] = {"match": {"body": {"query": text, "operator": "and"}}}
        if query.kind == "phrase":
            match = {"match_phrase": {"body": text}}
        elif query.kind == "prefix":
            match = {"prefix": {"body": text}}
        elif query.kind == "fuzzy":
            match = {"fuzzy": {"body": {"value": text, "fuzziness": 1}}}
        elif query.kind == "either word, ranked":
            match = {"match": {"body": text}}
        body: dict[str, Any] = {"query": match, "size": 20, "track_total_hits": True, "_source": ["payload"]}
        if query.kind in ("filtered", "review page"):
            filters: list[Any] = [{"range": {"rank": {"gte": query.level}}}, {"term": {"place": query.place}}]
            if query.kind == "filtered" and query.since:
                filters.append({"range": {"day": {"gte": query.since.toordinal()}}})
            body["query"] = {"bool": {"filter": [match, *filters]}}
        if query.kind in ("filtered", "deep page by date", "review page"):
            body["sort"] = [{"day": "desc"}]
            body["from"] = query.page * 20
        if query.kind == "review page":
            place = {"term": {"place": query.place}}  # its own facet ignores it
            counted = {name: {"terms": {"field": name, "size": 20}} for name in (*FACETS, "month")}
            body["query"] = {"bool": {"filter": [match, {"range": {"rank": {"gte": query.level}}}]}}
            body["post_filter"] = place
            body["aggs"] = {
                name: terms if name == "place" else {"filter": place, "aggs": {name: terms}}
                for name, terms in counted.items()
            }
            body["_source"] = ["payload", "body"]
            body["highlight"] = {"fields": {"body": {}}}
        return int(self.call("POST", "/raw/_search", body)["hits"]["total"]["value"])


def _lines(advert: Document) -> Iterator[dict[str, Any]]:
    yield {"index": {"_id": advert.id}}
    yield {
        "body": f"{advert.title}\n{advert.text}",
        "payload": to_fields(advert),
        "rank": advert.level,
        "day": advert.dated.toordinal(),
        **values(advert),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
