"""Walks down an order and keeps the first document of each campaign, page after page, for every engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.documents import Document
from indexer.ordering import Cursor
from indexer.requests import Hit, SearchRequest, Sort

MOST_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Walk:
    """What an engine lends to the walk.

    `fetch(after, without, limit)` gives the next (key, document) after the cursor, campaigns `without` left out;
    `firsts(groups)` the first key and the number of matching documents of each group.
    """

    fetch: Callable[[Cursor | None, Collection[str], int], Sequence[tuple[int, Document]]]
    firsts: Callable[[Iterable[str]], Mapping[str, tuple[int, int]]]


def collapsed(walk: Walk, request: SearchRequest, cursor: Cursor | None) -> tuple[list[Hit], Cursor | None]:
    """One page of documents that are the first of their campaign, in steps that grow while siblings fill them."""
    sign = 1 if request.sort is Sort.OLDEST else -1
    page: list[tuple[int, Hit]] = []
    seen: dict[str, None] = {}
    step, more = request.limit * 2 + 1, True
    at = cursor
    while len(page) <= request.limit and more:
        found = list(walk.fetch(at, seen, step))
        more = len(found) == step
        if more:  # the last key may go on beyond this step: leave it for the next one
            last = found[-1][0]
            found = [keyed for keyed in found if keyed[0] != last] or found
        found.sort(key=lambda keyed: (sign * keyed[0], keyed[1].id))
        firsts = walk.firsts({group_of(document) for _, document in found})
        for key, document in found:
            group = group_of(document)
            if group not in seen:
                seen[group] = None
                first, count = firsts[group]
                if first == key:
                    page.append((key, Hit(document, siblings=count)))
        if found:
            at = Cursor(request.sort, key=found[-1][0])
        step = min(step * 2, MOST_LOOKED_AT)
    following = Cursor(request.sort, key=page[request.limit - 1][0]) if len(page) > request.limit else None
    return [hit for _, hit in page[: request.limit]], following


def group_of(document: Document) -> str:
    """The campaign a document collapses into, or itself."""
    return document.campaign or document.id
