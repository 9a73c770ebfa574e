"""Captured answers, and which of them still have to be parsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from chyrak.records import Capture
from store.tables import capture
from store.upsert import insert


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A capture that waits for the parse stage. `page_kind` says how to read it."""

    id: int
    capture: Capture
    page_kind: str


def add(connection: Connection, value: Capture, page_kind: str, run_id: int | None) -> None:
    """Keep the row of a capture whose bytes are in the archive already."""
    row = {
        "run_id": run_id,
        "source": value.source,
        "page_kind": page_kind,
        "url": value.url,
        "final_url": value.final_url,
        "status": value.status,
        "headers": [list(pair) for pair in value.headers],
        "body_sha256": value.body_sha256,
        "fetched_at": value.fetched_at,
        "archive_ref": value.archive_ref,
    }
    connection.execute(insert(connection, capture).values(row).on_conflict_do_nothing(index_elements=["archive_ref"]))


def unparsed(connection: Connection, limit: int) -> list[Unparsed]:
    """The oldest captures that were not parsed yet."""
    query = select(capture).where(capture.c.parsed_at.is_(None)).order_by(capture.c.id).limit(limit)
    return [Unparsed(row.id, _capture(row), row.page_kind) for row in connection.execute(query)]


def mark_parsed(connection: Connection, capture_id: int, postings: int, error: str | None) -> None:
    """Note what parsing gave, or why it gave nothing."""
    values = {"parsed_at": datetime.now(UTC), "postings": postings, "error": error}
    connection.execute(update(capture).where(capture.c.id == capture_id).values(values))


def parse_again(connection: Connection, source: str | None = None) -> int:
    """Let captures be parsed anew, of one source or those that failed; returns how many."""
    statement = update(capture).values(parsed_at=None)
    chosen = capture.c.error.is_not(None) if source is None else capture.c.source == source
    return connection.execute(statement.where(chosen)).rowcount


def _capture(row: Row[Any]) -> Capture:
    headers = tuple((pair[0], pair[1]) for pair in row.headers)
    return Capture(
        row.source, row.url, row.final_url, row.status, headers, row.body_sha256, row.fetched_at, row.archive_ref
    )
