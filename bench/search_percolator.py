"""A real percolator (OpenSearch) on the same saved searches and adverts, compiled by our Elasticsearch engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from search_servers import RawElasticsearch

from indexer import Document, Query
from indexer.engines.elasticsearch_engine.compile import compiled
from indexer.engines.elasticsearch_engine.schema import mapping, to_source
from indexer.query.plan import plan

_AT_ONCE = 50
_CHUNK = 1000


class Percolator(RawElasticsearch):
    """An index of queries that documents are put before."""

    name = "OpenSearch percolator"

    def __init__(self, at: str) -> None:
        self.at = at
        properties = {**mapping()["properties"], "query": {"type": "percolator"}}
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        self.call("PUT", "/watches", {"settings": settings, "mappings": {"properties": properties}})

    def add(self, queries: Mapping[str, Query]) -> None:  # type: ignore[override]
        """Keeps the queries."""
        items = list(queries.items())
        for start in range(0, len(items), _CHUNK):
            lines: list[object] = []
            for key, query in items[start : start + _CHUNK]:
                lines += [{"index": {"_id": key}}, {"query": compiled(plan(query))}]
            assert not self.call("POST", "/watches/_bulk", lines)["errors"]
        self.call("POST", "/watches/_refresh")
        self.call("POST", "/watches/_forcemerge?max_num_segments=1")

    def match(self, documents: Sequence[Document]) -> set[tuple[str, str]]:
        """The pairs (key of the query, id of the document); many documents a request, ids only."""
        found: set[tuple[str, str]] = set()
        for start in range(0, len(documents), _AT_ONCE):
            part = documents[start : start + _AT_ONCE]
            sources = [json.loads(to_source(document)) for document in part]
            for source in sources:
                del source["payload"]
            percolate = {"percolate": {"field": "query", "documents": sources}}
            body = {"query": {"constant_score": {"filter": percolate}}, "size": 10_000, "_source": False}
            answer = self.call("POST", "/watches/_search", body)
            assert answer["hits"]["total"]["value"] <= 10_000
            for hit in answer["hits"]["hits"]:
                slots = hit["fields"]["_percolator_document_slot"]
                found.update((hit["_id"], part[slot].id) for slot in slots)
        return found
