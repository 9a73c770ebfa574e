"""Erasure on request (ETH-12) through every room: the archive's bytes, the crawl database, the store, the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

import store.postings
from chyrak.errors import ChyrakError
from crawlers import erasure as archive
from runtime.context import Context, now
from store import erasure
from store.crawl import captures

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """Ids of the postings that are gone, and what a person must still do where bytes could not be reached."""

    ids: tuple[str, ...]
    faults: tuple[str, ...]


def erase_url(context: Context, url: str, *, who: str, reason: str) -> Erased:
    """Erase every posting at this address and shut the address out. Raises WrongUsage as the store does."""
    with context.store.main.read() as connection:
        ids = store.postings.at_url(connection, url)
    faults = erase_evidence(context, ids, reason=reason, urls=[url])
    with context.store.main.begin() as connection:
        gone = erasure.erase_url(connection, url, who=who, reason=reason, now=now())
    return Erased(tuple(gone), faults)


def erase_contact(context: Context, link: str, *, who: str, reason: str) -> Erased:
    """Erase every posting that shows the contact with this HMAC link, now and later. Raises WrongUsage."""
    with context.store.main.read() as connection:
        ids = erasure.showing(connection, link)
    faults = erase_evidence(context, ids, reason=reason)
    with context.store.main.begin() as connection:
        gone = erasure.erase_contact(connection, link, who=who, reason=reason, now=now())
    return Erased(tuple(gone), faults)


def erase_evidence(context: Context, ids: Sequence[str], *, reason: str, urls: Sequence[str] = ()) -> tuple[str, ...]:
    """Take the answers behind these postings out of the archive and the crawl database; returns what failed.

    Before the store's own erasure: after a death in between the request is simply made again. An answer that shows
    other adverts too, such as a channel's page, goes as a whole; their texts stay in the store.
    """
    if not ids and not urls:
        return ()
    with context.store.main.read() as connection:
        evidence = [item for key in ids for item in store.postings.evidence(connection, key)]
        known = {posting.url for posting in store.postings.many(connection, ids).values() if posting.url}
    refs = sorted({item.archive_ref for item in evidence if item.archive_ref})
    faults: list[str] = []
    with context.store.crawl.begin() as connection:
        for ref in captures.forget(connection, sorted(known | set(urls)), refs):
            try:
                archive.erase(context.home / "archive", ref, reason=reason, now=now())
            except ChyrakError as fault:
                faults.append(str(fault))
                log.error("evidence not erased", archive_ref=ref, fault=str(fault))
    return tuple(faults)
