"""What is known of each page of a source: validators for conditional requests, last status, when it was last listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from store.tables import page
from store.upsert import put


@dataclass(frozen=True, slots=True)
class PageState:
    """`polls` counts how often the page was asked for, so that every fifth request can ignore the validators."""

    etag: str | None
    last_modified: str | None
    body_sha256: str | None
    last_status: int | None
    polls: int
    fetched_at: datetime | None
    listed_at: datetime | None


_COLUMNS = [page.c[name] for name in PageState.__slots__]


def get(connection: Connection, source: str, url: str) -> PageState | None:
    """What is known of one page."""
    query = select(*_COLUMNS).where(page.c.source == source, page.c.url == url)
    row = connection.execute(query).one_or_none()
    return PageState(*row) if row else None


def note(connection: Connection, source: str, url: str, page_kind: str, **values: Any) -> None:
    """Keep what an answer said of a page: any of the fields of PageState."""
    before = get(connection, source, url)
    polls = (before.polls if before else 0) + 1
    put(connection, page, {"source": source, "url": url}, {"page_kind": page_kind, "polls": polls, **values})


def listed(connection: Connection, source: str, urls: Iterable[str], page_kind: str, at: datetime) -> None:
    """Note that a listing shows these pages now."""
    for url in urls:
        put(connection, page, {"source": source, "url": url}, {"page_kind": page_kind, "listed_at": at})


def unlisted(connection: Connection, source: str, page_kind: str, since: datetime, limit: int) -> list[str]:
    """Pages that answered 200 when last asked and that no listing has shown since then, longest unseen first."""
    mine = (
        page.c.source == source,
        page.c.page_kind == page_kind,
        page.c.last_status.in_((200, 304)),
        page.c.listed_at < since,
    )
    query = select(page.c.url).where(*mine).order_by(page.c.fetched_at, page.c.url).limit(limit)
    return list(connection.execute(query).scalars())
