"""Postings and their revisions: an edited body is a new revision, an unchanged one moves only `last_seen`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from chyrak.records import Kind, Posting, Sighting
from store import worklist
from store.tables import posting, posting_rev, tombstone


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a sighting did: `change` is new, changed, same, or refused (an erased advert)."""

    posting_id: str
    rev: int
    change: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the bytes behind a revision stand, and their hash."""

    rev: int
    seen_at: datetime
    archive_ref: str | None
    body_sha256: str | None


def posting_id(source: str, url: str) -> str:
    """Hex SHA-256 of source and canonical url."""
    return hashlib.sha256(f"{source}\n{url}".encode()).hexdigest()


def keep(connection: Connection, sighting: Sighting) -> Kept:
    """Keep what a page showed; the same sighting twice changes nothing. White space alone is no edit."""
    key = posting_id(sighting.source, sighting.url)
    if connection.execute(select(tombstone.c.key).where(tombstone.c.key == key)).first():
        return Kept(key, 0, "refused")
    digest = _body_hash(sighting)
    row = connection.execute(select(posting).where(posting.c.id == key)).one_or_none()
    if row is None:
        connection.execute(insert(posting).values(_first_row(key, digest, sighting)))
        return _new_rev(connection, key, 1, sighting, "new")
    newest = max(row.last_seen, sighting.seen_at)
    if row.body_hash == digest or sighting.seen_at < row.last_seen:
        back = row.gone_at is not None and sighting.seen_at > row.gone_at
        values: dict[str, Any] = {"last_seen": newest}
        if back:
            values["gone_at"] = None
        connection.execute(update(posting).where(posting.c.id == key).values(values))
        if back:
            touch(connection, [key], sighting.seen_at)
        return Kept(key, row.rev, "same")
    values = {"last_seen": newest, "gone_at": None, "body_hash": digest, "rev": row.rev + 1}
    connection.execute(update(posting).where(posting.c.id == key).values(values))
    return _new_rev(connection, key, row.rev + 1, sighting, "changed")


def mark_gone(connection: Connection, source: str, url: str, at: datetime) -> str | None:
    """Note that the site no longer shows the advert; returns its id, or None when it is not ours or gone already."""
    key = posting_id(source, url)
    hit = connection.execute(
        update(posting).where(posting.c.id == key, posting.c.gone_at.is_(None)).values(gone_at=at)
    ).rowcount
    if not hit:
        return None
    touch(connection, [key], at)
    return key


def lock(connection: Connection, key: str) -> None:
    """Keep other writers off this posting until the transaction ends (PostgreSQL; SQLite has one writer)."""
    connection.execute(select(posting.c.id).where(posting.c.id == key).with_for_update())


def touch(connection: Connection, ids: Iterable[str], due: datetime) -> None:
    """Say that the search document of these postings is out of date: raises its version and asks for a sync."""
    keys = list(ids)
    connection.execute(update(posting).where(posting.c.id.in_(keys)).values(index_version=posting.c.index_version + 1))
    worklist.add(connection, "sync", keys, due)


def get(connection: Connection, key: str, rev: int | None = None) -> Posting | None:
    """A posting at its newest, or at the given, revision."""
    query = _joined().where(posting.c.id == key)
    query = query.where(posting_rev.c.rev == (posting.c.rev if rev is None else rev))
    row = connection.execute(query).one_or_none()
    return _posting(row) if row else None


def many(connection: Connection, ids: Sequence[str]) -> dict[str, Posting]:
    """The newest revision of each of these postings, by id."""
    query = _joined().where(posting.c.id.in_(ids), posting_rev.c.rev == posting.c.rev)
    return {row.id: _posting(row) for row in connection.execute(query)}


def revisions(connection: Connection, key: str) -> list[Posting]:
    """Every revision, oldest first."""
    query = _joined().where(posting.c.id == key).order_by(posting_rev.c.rev)
    return [_posting(row) for row in connection.execute(query)]


def evidence(connection: Connection, key: str) -> list[Evidence]:
    """Where the bytes behind each revision stand, oldest first."""
    columns = (posting_rev.c.rev, posting_rev.c.seen_at, posting_rev.c.archive_ref, posting_rev.c.body_sha256)
    query = select(*columns).where(posting_rev.c.posting_id == key).order_by(posting_rev.c.rev)
    return [Evidence(*row) for row in connection.execute(query)]


def index_versions(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The version each posting's search document should have."""
    query = select(posting.c.id, posting.c.index_version).where(posting.c.id.in_(ids))
    return {row.id: row.index_version for row in connection.execute(query)}


def every_id(connection: Connection) -> list[str]:
    """The ids of all postings, for a rebuild."""
    return list(connection.execute(select(posting.c.id).order_by(posting.c.id)).scalars())


def count(connection: Connection) -> int:
    """How many postings there are."""
    return connection.execute(select(func.count()).select_from(posting)).scalar_one()


def _first_row(key: str, digest: str, sighting: Sighting) -> dict[str, Any]:
    return {
        "id": key,
        "source": sighting.source,
        "url": sighting.url,
        "kind": sighting.kind.value,
        "rev": 1,
        "body_hash": digest,
        "published_at": sighting.published_at,
        "first_seen": sighting.seen_at,
        "last_seen": sighting.seen_at,
        "index_version": 0,
    }


def _new_rev(connection: Connection, key: str, rev: int, sighting: Sighting, change: str) -> Kept:
    connection.execute(
        insert(posting_rev).values(
            posting_id=key,
            rev=rev,
            title=sighting.title,
            text=sighting.text,
            lang_hint=sighting.lang_hint,
            fields=dict(sighting.fields),
            seen_at=sighting.seen_at,
            archive_ref=sighting.archive_ref,
            body_sha256=sighting.body_sha256,
        )
    )
    touch(connection, [key], sighting.seen_at)
    worklist.add(connection, "read", [key], sighting.seen_at)
    return Kept(key, rev, change)


def _body_hash(sighting: Sighting) -> str:
    body = " ".join(f"{sighting.title}\n{sighting.text}".split())
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def _joined() -> Select[Any]:
    rev = posting_rev.c
    return select(
        posting.c.id,
        rev.rev,
        posting.c.kind,
        posting.c.source,
        posting.c.url,
        rev.title,
        rev.text,
        posting.c.published_at,
        rev.lang_hint,
        rev.fields,
        posting.c.first_seen,
        posting.c.last_seen,
        posting.c.gone_at,
    ).join(posting_rev, rev.posting_id == posting.c.id)


def _posting(row: Row[Any]) -> Posting:
    values = row._mapping
    return Posting(**{**values, "kind": Kind(values["kind"])})
