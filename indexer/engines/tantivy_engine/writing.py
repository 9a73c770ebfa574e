"""Writes one batch in one commit, keeping what is newer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy

from indexer.documents import Removal
from indexer.engines.base import Change
from indexer.engines.batches import newest
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import schema, to_tantivy
from indexer.requests import Applied

HEAP_BYTES = 50_000_000
_AT_ONCE = 1000


def open_writer(index: tantivy.Index) -> tantivy.IndexWriter:
    """The index's one writer; ValueError with LockBusy when another process has it."""
    return index.writer(HEAP_BYTES, 1)


def write(writer: tantivy.IndexWriter, index: tantivy.Index, batch: Sequence[Change]) -> Applied:
    """Applies the batch and commits; nothing of it is kept when the commit fails."""
    index.reload()
    known = versions(index.searcher(), (change.id for change in batch))
    chosen, stale = newest(batch, known)
    ok: list[str] = []
    failed: list[tuple[str, str]] = []
    try:
        for change in chosen:
            made = None
            if not isinstance(change, Removal):
                try:
                    made = to_tantivy(change)
                except (ValueError, TypeError, OverflowError) as fault:
                    failed.append((change.id, f"{type(fault).__name__}: {fault}"))
                    continue
            writer.delete_documents_by_term("id", change.id)
            if made is not None:
                writer.add_document(made)
            ok.append(change.id)
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    index.reload()
    return Applied(tuple(ok), stale, tuple(failed))


def versions(searcher: tantivy.Searcher, ids: Iterable[str]) -> dict[str, int]:
    """The indexed version of each of `ids` that the index holds."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = tantivy.Query.term_set_query(schema(), "id", wanted[start : start + _AT_ONCE])
        hits = find(searcher, query, _AT_ONCE, by="id", count=False).hits
        numbers = searcher.fast_field_values("version", [address for _, address in hits])
        found.update((str(key), int(number or 0)) for (key, _), number in zip(hits, numbers, strict=True))
    return found
