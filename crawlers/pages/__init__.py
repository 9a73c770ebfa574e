"""Captured pages -> postings: pure functions, one module a page kind, no network and no clock."""

from __future__ import annotations

from importlib import import_module

from chyrak.errors import SkipItem
from chyrak.records import Capture, Sighting
from crawlers.source import Source

KINDS = ("feed", "article", "listing", "posting", "telegram")


def to_postings(page_kind: str, capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The postings on one captured page; `body` is decompressed and otherwise as received.

    An answer other than 200 (404 and 410: taken down; 301 and 302: moved to what is no advert) shows none.

    Raises SkipItem when the page can never be read as `page_kind`: the message names the address and what came.
    """
    if page_kind not in KINDS:
        raise SkipItem(f"{capture.url}: no reader for page kind {page_kind!r}; known: {', '.join(KINDS)}.")
    if capture.status != 200:
        return []
    # Imported when first needed: a feed's spider has no use for the article reader, which takes a second to load.
    found: list[Sighting] = import_module(f"crawlers.pages.{page_kind}").sightings(capture, body, source)
    return found
