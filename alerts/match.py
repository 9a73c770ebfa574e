"""Which watches the adverts being indexed meet, asked by the queries of the search page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.question import question
from chyrak.errors import AskOperator, RetryLater
from chyrak.records import Match, Watch
from indexer import Document, Query, QueryError
from indexer.engines.tantivy_engine import matching


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What one batch gave. `broken` are (watch id, message) of watches that could not be asked; they stay as they are,
    and somebody must tell their owners."""

    matches: tuple[Match, ...]
    broken: tuple[tuple[str, str], ...]


class Percolator(Protocol):
    """Finds which queries find which documents; every engine does, and `match` has one of its own in memory."""

    def match(self, documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
        """The pairs (key of the query, id of the document)."""
        ...


def match(
    documents: Iterable[Document],
    watches: Iterable[Watch],
    now: datetime,
    engine: Percolator | None = None,
    *,
    revs: Mapping[str, int] | None = None,
) -> MatchReport:
    """Every (watch, document) pair where the watch's `question` finds the document.

    A paused watch meets nothing. The same watch, posting and level give the same match id, so matching a batch twice
    adds nothing. Without `engine` the batch is indexed in memory for the question, which finds the same as any engine.
    `revs` gives the revision of each posting, for callers whose documents count more changes than those of the text;
    without it a document's version stands.
    """
    asked = {watch.id: watch for watch in watches if not watch.paused}
    lowest = min((watch.min_level for watch in asked.values()), default=0)
    by_id = {document.id: document for document in documents if document.level >= lowest}
    queries: dict[str, Query] = {}
    broken: dict[str, str] = {}
    for watch in asked.values():
        try:
            queries[watch.id] = question(watch)
        except QueryError as fault:
            broken[watch.id] = f"watch {watch.name!r}: its query cannot be read: {fault}"
    found = _found(list(by_id.values()), queries, broken, asked, engine or matching)
    matches = [
        _match(asked[watch_id], by_id[document_id], now, (revs or {}).get(document_id, by_id[document_id].version))
        for watch_id, document_id in sorted(found)
    ]
    return MatchReport(tuple(matches), tuple(sorted(broken.items())))


def match_id(watch_id: str, posting_id: str, level: int) -> str:
    """The id of a match: a watch tells of a posting once on each level it reaches."""
    return hashlib.sha256(f"{watch_id}\n{posting_id}\n{level}".encode()).hexdigest()


def _found(
    batch: Sequence[Document],
    queries: Mapping[str, Query],
    broken: dict[str, str],
    watches: Mapping[str, Watch],
    engine: Percolator,
) -> set[tuple[str, str]]:
    if not batch or not queries:
        return set()
    try:
        return engine.match(batch, queries)
    except (RetryLater, AskOperator):
        raise
    except Exception:  # whatever one query does to the engine, the other watches must still be asked
        found: set[tuple[str, str]] = set()
        failed: dict[str, str] = {}
        for watch_id, query in queries.items():
            try:
                found |= engine.match(batch, {watch_id: query})
            except (RetryLater, AskOperator):
                raise
            except Exception as fault:
                failed[watch_id] = (
                    f"watch {watches[watch_id].name!r}: its query cannot be run: {fault!r}. Mend the query."
                )
        if len(failed) == len(queries):  # then it is not the queries
            raise
        broken.update(failed)
        return found


def _match(watch: Watch, document: Document, now: datetime, rev: int) -> Match:
    return Match(
        id=match_id(watch.id, document.id, document.level),
        watch_id=watch.id,
        posting_id=document.id,
        rev=rev,
        level=document.level,
        exploitation=document.exploitation,
        campaign_id=document.campaign,
        matched_at=now,
    )
