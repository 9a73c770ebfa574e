"""Writes many batches, each read and analysed while the one before it is being written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from indexer.documents import Document
from indexer.engines.base import Apply, Change
from indexer.requests import Applied
from indexer.written import texts


def fill(apply: Apply, batches: Iterable[Sequence[Change]]) -> Iterator[Applied]:
    """Applies every batch in order and gives what became of it; `batches` are taken from another thread.

    An engine waits for disk or server half of the time, which is then put to use. What `batches` or `apply` raises
    comes out here.
    """
    source = iter(batches)
    with ThreadPoolExecutor(1, "analysis") as ahead:
        coming = ahead.submit(_analysed, source)
        while (batch := coming.result()) is not None:
            coming = ahead.submit(_analysed, source)
            yield apply(batch)


def _analysed(source: Iterator[Sequence[Change]]) -> Sequence[Change] | None:
    batch = next(source, None)
    for change in batch or ():
        if isinstance(change, Document):
            texts(change)  # remembered until it is written
    return batch
