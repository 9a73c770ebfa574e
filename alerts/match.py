"""Which watches the adverts being indexed meet: the query of the search page, and the watch's own conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chyrak.errors import AskOperator, RetryLater
from chyrak.records import Match, Stance, Watch
from indexer import Document, Query, QueryError, parse
from indexer.engines.tantivy_engine import matching
from indexer.query.fields import place_key

_STANCES = frozenset({Stance.OFFER.value, Stance.SERVICE.value})
"""Only who offers work or a service can be matched: a plea for help never becomes an alert (ETH-08)."""


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
    """Every (watch, document) pair where the query finds the document and all conditions of the watch hold.

    A paused watch meets nothing. A watch's languages, types and places are each "any of these", an empty one "any at
    all"; a type stands for its subtypes, a place is a country code or a name as the advert gives it. The same watch,
    posting and level give the same match id, so matching a batch twice adds nothing. Without `engine` the batch is
    indexed in memory for the question, which finds the same as any engine. `revs` gives the revision of each posting,
    for callers whose documents count more changes than those of the text; without it a document's version stands.
    """
    batch = [document for document in documents if document.stance in _STANCES]
    asked = {watch.id: watch for watch in watches if not watch.paused}
    queries: dict[str, Query] = {}
    broken: dict[str, str] = {}
    for watch in asked.values():
        try:
            queries[watch.id] = parse(watch.query)
        except QueryError as fault:
            broken[watch.id] = f"watch {watch.name!r}: its query cannot be read: {fault}"
    by_id = {document.id: document for document in batch}
    found = _found(batch, queries, broken, asked, engine or matching)
    matches = [
        _match(asked[watch_id], by_id[document_id], now, (revs or {}).get(document_id, by_id[document_id].version))
        for watch_id, document_id in sorted(found)
        if _meets(asked[watch_id], by_id[document_id])
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


def _meets(watch: Watch, document: Document) -> bool:
    return (
        document.level >= watch.min_level
        and _any(watch.languages, document.languages)
        and (
            not watch.exploitation
            or any(_is_a(had, want) for want in watch.exploitation for had in document.exploitation)
        )
        and _any(map(place_key, watch.places), map(place_key, (*document.places, *document.place_names)))
    )


def _any(wanted: Iterable[str], had: Iterable[str]) -> bool:
    wants = {value.casefold() for value in wanted}
    return not wants or not wants.isdisjoint(value.casefold() for value in had)


def _is_a(type_id: str, wanted: str) -> bool:
    return type_id == wanted or type_id.startswith(f"{wanted}.")


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
