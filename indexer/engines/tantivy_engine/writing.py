"""Writes one batch in one commit, keeping what is newer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

import tantivy

from indexer.documents import Document, Removal
from indexer.engines.base import Change
from indexer.engines.batches import newest
from indexer.engines.tantivy_engine.natives import find
from indexer.engines.tantivy_engine.schema import from_tantivy, schema, to_tantivy
from indexer.requests import Applied

HEAP_BYTES = 50_000_000
_AT_ONCE = 1000
_PATIENCE_SECONDS = 60.0


def open_writer(index: tantivy.Index, *, patient: bool = False) -> tantivy.IndexWriter:
    """The index's one writer; ValueError with LockBusy when another process has it, after a while if `patient`."""
    until = time.monotonic() + (_PATIENCE_SECONDS if patient else 0)
    while True:
        try:
            return index.writer(HEAP_BYTES, 1)
        except ValueError as fault:
            if "LockBusy" not in str(fault) or time.monotonic() >= until:
                raise
            time.sleep(0.05)


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
            if change.id in known:  # else there is nothing to delete, in however many segments one looks
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


def documents(searcher: tantivy.Searcher, ids: Iterable[str]) -> dict[str, Document]:
    """The document of each of `ids` that the index holds."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, Document] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = tantivy.Query.term_set_query(schema(), "id", wanted[start : start + _AT_ONCE])
        hits = find(searcher, query, _AT_ONCE, by="id", count=False).hits
        found.update((str(key), from_tantivy(searcher.doc(address))) for key, address in hits)
    return found


def walk(searcher: tantivy.Searcher) -> Iterator[tuple[str, int]]:
    """Every id in order with its version. All at once: the engine has neither cursor nor range for texts."""
    hits = find(
        searcher, tantivy.Query.all_query(), max(1, int(searcher.num_docs)), by="id", rising=True, count=False
    ).hits
    for start in range(0, len(hits), _AT_ONCE):
        part = hits[start : start + _AT_ONCE]
        numbers = searcher.fast_field_values("version", [address for _, address in part])
        yield from ((str(key), int(number or 0)) for (key, _), number in zip(part, numbers, strict=True))
