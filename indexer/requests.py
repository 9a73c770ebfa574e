"""What is asked of an engine and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from indexer.documents import Document
from indexer.query import Everything, Query

FACETS = (
    *("lang", "place", "indicator", "type", "source", "contact", "campaign", "stance", "decision", "level", "kind"),
    "gone",
)
"""The fields that can be counted by value and filtered by several values at once."""


class Sort(StrEnum):
    """The order of hits; equal ones by date, newest first, then by id."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LEVEL = "level"
    SCORE = "score"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One page of a search.

    `filters` maps a facet to the values ticked there: one of them must hold; a facet's own counts ignore
    its own filter, so that the other values stay in sight. `cursor` is a page's `next_cursor`. `collapse`
    shows one advert of each campaign. `cross_script` off keeps a word to the script it is typed in.
    """

    query: Query = field(default_factory=lambda: Query(Everything()))
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.NEWEST
    limit: int = 20
    cursor: str | None = None
    facets: tuple[str, ...] = ()
    facet_size: int = 20
    histogram: Literal["month", "week", "day"] | None = None
    collapse: bool = False
    cross_script: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `score` is the engine's relevance, for order only; `siblings` counts the documents
    of its campaign that match too, itself included (1 without `collapse`)."""

    document: Document
    score: float | None = None
    siblings: int = 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """A value and how many documents hold it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values, most first; `other` counts what the rest of the values hold."""

    buckets: tuple[Bucket, ...]
    other: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """`total` counts documents (also with `collapse`); `next_cursor` is None on the last page."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Facet] = field(default_factory=dict)
    histogram: tuple[Bucket, ...] = ()
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a batch: ids written or removed, ids where the index held a newer version, and (id,
    reason) of those that can never be written as they are."""

    ok: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """State of the engine for `doctor`: `rebuild` says why the index must be filled anew, or is empty."""

    engine: str
    location: str
    schema: str
    documents: int
    rebuild: str = ""
