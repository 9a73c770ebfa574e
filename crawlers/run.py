"""What one crawl of one source writes and remembers: captures, page state, and the tally its verdict is made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chyrak.records import Capture
from chyrak.settings import Settings
from crawlers.evidence import Archive
from crawlers.source import Source
from store import Store
from store.crawl import captures, pages, runs, schedule

# Some sites serve one validator for weeks: every fifth poll asks for the whole page, whatever it says.
WHOLE_EVERY = 5
SEEN = (200, 304)


@dataclass(slots=True)
class Tally:
    """Counts of one run. `trouble` says, in order, what kept the run from being whole."""

    requests: int = 0
    answers: int = 0
    unchanged: int = 0
    not_modified: int = 0
    lists_unchanged: int = 0
    lists_failed: int = 0
    unreadable: int = 0
    captures: int = 0
    items: int = 0
    gone: int = 0
    forbidden: int = 0
    offsite: int = 0
    failed: int = 0
    refused: str = ""
    cut: str = ""
    newest_item: datetime | None = None
    trouble: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """Keep a sentence for the person who looks at the source's health."""
        if sentence not in self.trouble and len(self.trouble) < 20:
            self.trouble.append(sentence)


class Run:
    """One open run. Evidence goes to the archive first and to the database second."""

    def __init__(self, settings: Settings, store: Store, source: Source, run_id: int, started_at: datetime) -> None:
        self.settings = settings
        self.store = store
        self.source = source
        self.id = run_id
        self.started_at = started_at
        self.tally = Tally()
        self._archive = Archive(settings.home / "archive", source.id)
        self._entries: list[tuple[str, dict[str, Any]]] = []
        with store.crawl.read() as connection:
            before = [run for run in runs.recent(connection, source.id, 5) if run.id != run_id and run.outcome]
        self.last_outcome = before[0].outcome if before else None

    def validators(self, url: str) -> dict[str, str]:
        """Headers that make the request for `url` conditional; none at every fifth poll or after a bad run.

        A 304 says "as before", and before was an error: so a source that failed is asked for the whole page.
        """
        state = self.state(url)
        if state is None or state.last_status not in SEEN or self.last_outcome not in (None, "ok"):
            return {}
        if state.polls % WHOLE_EVERY == WHOLE_EVERY - 1:
            return {}
        found = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        return {name: value for name, value in found.items() if value}

    def state(self, url: str) -> pages.PageState | None:
        """What is known of a page."""
        with self.store.crawl.read() as connection:
            return pages.get(connection, self.source.id, url)

    def paused(self) -> bool:
        """Whether somebody threw the source's kill switch."""
        with self.store.crawl.read() as connection:
            return any(row.paused for row in schedule.every(connection) if row.source == self.source.id)

    def unchanged(self, url: str, page_kind: str, at: datetime, *, entry: bool) -> None:
        """Note a 304: the page is as it was."""
        self.tally.lists_unchanged += entry
        self.tally.unchanged += 1
        self.tally.not_modified += 1
        with self.store.crawl.begin() as connection:
            pages.note(connection, self.source.id, url, page_kind, last_status=304, fetched_at=at)

    def keep(
        self,
        url: str,
        page_kind: str,
        *,
        final_url: str,
        status: int,
        headers: tuple[tuple[str, str], ...],
        raw: bytes,
        raw_headers: tuple[tuple[str, str], ...],
        body: bytes,
        request_headers: tuple[tuple[str, str], ...],
        at: datetime,
        ip_address: str = "",
        entry: bool = False,
    ) -> Capture:
        """Keep one answer as evidence and note the page's state; no second copy of bytes that are those of last time.

        `raw` with `raw_headers` is what came over the wire, `body` the same decompressed. The validators of an entry
        page are noted only by `settle`, when everything it led to was asked for: else a 304 would hide the rest.
        """
        digest = hashlib.sha256(body).hexdigest()
        state = self.state(url)
        same = status == 200 and state is not None and state.body_sha256 == digest and state.last_status in SEEN
        values: dict[str, Any] = {"body_sha256": digest, "last_status": status, "fetched_at": at}
        named = {name.lower(): value for name, value in headers}
        validators = {"etag": named.get("etag"), "last_modified": named.get("last-modified")}
        archive_ref = ""
        if not same:
            archive_ref = self._archive.keep(
                final_url,
                status=status,
                headers=raw_headers,
                body=raw,
                fetched_at=at,
                request_headers=request_headers,
                ip_address=ip_address,
            )
        capture = Capture(self.source.id, url, final_url, status, headers, digest, at, archive_ref)
        with self.store.crawl.begin() as connection:
            if not same:
                captures.add(connection, capture, page_kind, self.id)
            if entry:
                self._entries.append((url, {"page_kind": page_kind, **validators}))
                values = {**values, "etag": None, "last_modified": None}
            else:
                values = {**values, **validators}
            pages.note(connection, self.source.id, url, page_kind, **values)
        self.tally.captures += not same
        self.tally.unchanged += same
        return capture

    def missed(self, url: str, page_kind: str, status: int, at: datetime) -> None:
        """Note a page that could not be had; its validators are dropped, so that the next poll is a whole one."""
        values = {"last_status": status, "fetched_at": at, "etag": None, "last_modified": None}
        with self.store.crawl.begin() as connection:
            pages.note(connection, self.source.id, url, page_kind, **values)

    def listed(self, urls: list[str], page_kind: str, at: datetime) -> None:
        """Note that the source shows these pages now."""
        with self.store.crawl.begin() as connection:
            pages.listed(connection, self.source.id, urls, page_kind, at)

    def unlisted(self, page_kind: str, limit: int) -> list[str]:
        """Pages that were there when last asked for and that this run's lists did not show."""
        with self.store.crawl.read() as connection:
            return pages.unlisted(connection, self.source.id, page_kind, self.started_at, limit)

    def settle(self, whole: bool, now: datetime) -> None:
        """End the run's writing: with `whole`, the entry pages may be asked for conditionally next time."""
        self._archive.close()
        if not whole:
            return
        with self.store.crawl.begin() as connection:
            for url, values in self._entries:
                state = pages.get(connection, self.source.id, url)
                kept = {"etag": values["etag"], "last_modified": values["last_modified"]}
                pages.note(
                    connection, self.source.id, url, values["page_kind"], polls=state.polls if state else 1, **kept
                )
