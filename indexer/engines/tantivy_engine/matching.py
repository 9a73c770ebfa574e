"""Saved searches against a batch: an index of the batch in memory, asked by the very queries of the search page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import tantivy

from indexer.documents import Document
from indexer.engines.tantivy_engine.compile import compiled
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import schema, to_tantivy
from indexer.query import Query
from indexer.query.plan import plan

_HEAP_BYTES = 100_000_000  # room for a batch in one segment: each further one is asked by every query again
_CHEAPEST = "by_date"  # ordering by a number costs less than by score or id, and the order does not matter


def match(documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
    """The pairs (key of the query, id of the document) where the query finds the document."""
    batch = {document.id: document for document in documents}
    if not batch or not queries:
        return set()
    index = tantivy.Index(schema())
    writer = index.writer(_HEAP_BYTES, 1)
    for document in batch.values():
        writer.add_document(to_tantivy(document))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    everything = find(searcher, tantivy.Query.all_query(), len(batch), by="id", count=False).hits
    ids = {(address.segment_ord, address.doc): str(document_id) for document_id, address in everything}
    found: set[tuple[str, str]] = set()
    for key, query in queries.items():
        hits = find(searcher, compiled(plan(query)), len(batch), by=_CHEAPEST, count=False).hits
        found.update((key, ids[address.segment_ord, address.doc]) for _, address in hits)
    return found
