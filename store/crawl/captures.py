"""Captured answers, and which of them still have to be parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from chyrak.records import Capture
from store.tables import capture, page
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


def mark_parsed(
    connection: Connection, capture_id: int, postings: int, error: str | None, *, fresh: int | None = None
) -> None:
    """Note what parsing gave, or why it gave nothing.

    `fresh` counts the postings that were new or changed; without it every posting counts as a find of the source.
    """
    values = {"parsed_at": datetime.now(UTC), "postings": postings, "fresh": fresh, "error": error}
    connection.execute(update(capture).where(capture.c.id == capture_id).values(values))


def parse_again(connection: Connection, source: str | None = None) -> int:
    """Let captures be parsed anew, of one source or those that failed; returns how many."""
    statement = update(capture).values(parsed_at=None, error=None)
    chosen = capture.c.error.is_not(None) if source is None else capture.c.source == source
    return connection.execute(statement.where(chosen)).rowcount


def forget(connection: Connection, urls: Sequence[str], refs: Sequence[str] = ()) -> list[str]:
    """Drop what is known of erased addresses (ETH-12): their captures, those at `refs`, and their page states.

    Returns the archive references of the bytes, `refs` among them, which the caller takes out of the archive.
    """
    named = or_(capture.c.url.in_(urls), capture.c.final_url.in_(urls), capture.c.archive_ref.in_(refs))
    gone = connection.execute(delete(capture).where(named).returning(capture.c.archive_ref))
    found = sorted({*gone.scalars(), *refs})
    connection.execute(delete(page).where(page.c.url.in_(urls)))
    return found


def old(connection: Connection, before: datetime, after_id: int, limit: int) -> list[tuple[int, str]]:
    """Ids and archive references of parsed captures fetched before a moment, in the order of their ids."""
    query = select(capture.c.id, capture.c.archive_ref).where(
        capture.c.fetched_at < before, capture.c.parsed_at.is_not(None), capture.c.id > after_id
    )
    return [(row.id, row.archive_ref) for row in connection.execute(query.order_by(capture.c.id).limit(limit))]


def drop(connection: Connection, ids: Sequence[int]) -> None:
    """Forget captures whose bytes the archive no longer has."""
    connection.execute(delete(capture).where(capture.c.id.in_(ids)))


def stands_in(connection: Connection, file: str) -> bool:
    """Whether any capture's bytes stand in this file of the archive."""
    mine = (capture.c.archive_ref > f"{file}:", capture.c.archive_ref < f"{file};")  # ';' follows ':' in any order
    return connection.execute(select(capture.c.id).where(*mine).limit(1)).first() is not None


def failed(connection: Connection, limit: int) -> list[tuple[Unparsed, str]]:
    """The newest captures that could not be parsed, each with its fault."""
    query = select(capture).where(capture.c.error.is_not(None)).order_by(capture.c.id.desc()).limit(limit)
    return [(Unparsed(row.id, _capture(row), row.page_kind), row.error) for row in connection.execute(query)]


def counts(connection: Connection) -> dict[str, int]:
    """How many captures there are by `unparsed`, `parsed` and `failed`."""
    query = select(
        func.count().filter(capture.c.parsed_at.is_(None)),
        func.count().filter(capture.c.parsed_at.is_not(None), capture.c.error.is_(None)),
        func.count().filter(capture.c.parsed_at.is_not(None), capture.c.error.is_not(None)),
    ).select_from(capture)
    return dict(zip(("unparsed", "parsed", "failed"), connection.execute(query).one(), strict=True))


def _capture(row: Row[Any]) -> Capture:
    headers = tuple((pair[0], pair[1]) for pair in row.headers)
    return Capture(
        row.source, row.url, row.final_url, row.status, headers, row.body_sha256, row.fetched_at, row.archive_ref
    )
