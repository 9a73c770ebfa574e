"""Captured pages -> postings: pure functions, one module a page kind, no network and no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chyrak.errors import SkipItem
from chyrak.records import Capture, Sighting
from crawlers.pages import article, feed, listing, posting, telegram
from crawlers.source import Source

_READERS: Mapping[str, Callable[[Capture, bytes, Source], list[Sighting]]] = {
    "feed": feed.sightings,
    "article": article.sightings,
    "listing": listing.sightings,
    "posting": posting.sightings,
    "telegram": telegram.sightings,
}
KINDS = tuple(_READERS)


def to_postings(page_kind: str, capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The postings on one captured page; `body` is decompressed and otherwise as received.

    Raises SkipItem when the page can never be read as `page_kind`: the message names the address and what came.
    """
    reader = _READERS.get(page_kind)
    if reader is None:
        raise SkipItem(f"{capture.url}: no reader for page kind {page_kind!r}; known: {', '.join(KINDS)}.")
    return reader(capture, body, source)
