"""Hop 2: captured pages -> postings in the store."""

from __future__ import annotations

import structlog

import store.postings
from chyrak.errors import ChyrakError, SkipItem
from chyrak.records import Sighting
from crawlers import evidence, pages
from crawlers.register import Register
from runtime.context import Context
from store.crawl import captures

log = structlog.get_logger(__name__)

_ALIVE = 200
"""The crawler keeps whole answers, and else only the ones that say a posting it knew is gone (404, 410, redirects)."""


def drain(context: Context, limit: int) -> int:
    """Parse up to `limit` captures; returns how many.

    Postings are kept first, the capture is marked second: a death between the two only parses the page again,
    and keeping the same posting twice changes nothing. Raises AskOperator for a faulty source file; all pages wait.
    """
    with context.store.crawl.read() as connection:
        due = captures.unparsed(connection, limit)
    # A faulty source file is the operator's to mend: it stops the hop here and spoils no page.
    register = context.register if due else None
    for item in due:
        error: str | None = None
        sightings: list[Sighting] = []
        try:
            if item.capture.status == _ALIVE:
                sightings = _sightings(context, register, item)
        except ChyrakError as fault:
            error = str(fault)
            log.warning(
                "page not parsed", source=item.capture.source, archive_ref=item.capture.archive_ref, fault=error
            )
        with context.store.main.begin() as connection:
            changes = [store.postings.keep(connection, sighting).change for sighting in sightings]
            if item.capture.status != _ALIVE:
                store.postings.mark_gone(connection, item.capture.source, item.capture.url, item.capture.fetched_at)
        with context.store.crawl.begin() as connection:
            fresh = sum(change in ("new", "changed") for change in changes)
            captures.mark_parsed(connection, item.id, len(sightings), error, fresh=fresh)
    return len(due)


def _sightings(context: Context, register: Register | None, item: captures.Unparsed) -> list[Sighting]:
    source = register.get(item.capture.source) if register is not None else None
    if source is None:
        raise SkipItem(
            f"source {item.capture.source!r} has no file in the register any more; "
            "its page stays in the archive and is parsed by `chyrak work parse` once the file is back"
        )
    _headers, body = evidence.read(context.home / "archive", item.capture.archive_ref)
    return pages.to_postings(item.page_kind, item.capture, body, source)
