"""Postings and their revisions: an edited body is a new revision, an unchanged one moves only `last_seen`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, select, update

from chyrak.records import Kind, Posting, Sighting
from store import locks, worklist
from store.tables import posting, posting_rev, tombstone
from store.upsert import new_row


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


_FIND = select(posting).where(posting.c.id == bindparam("key")).with_for_update()
_SEE = update(posting).where(posting.c.id == bindparam("key")).values(last_seen=bindparam("at"))
_BUMP = (
    update(posting)
    .where(posting.c.id.in_(bindparam("ids", expanding=True)))
    .values(index_version=posting.c.index_version + 1)
)
_ADD_REV = insert(posting_rev)
_BURIED = select(tombstone.c.key).where(tombstone.c.key.in_(bindparam("names", expanding=True)))


def posting_id(source: str, url: str, body_hash: str = "") -> str:
    """Hex SHA-256 of source and canonical url, or of the content where there is no stable url."""
    return hashlib.sha256(f"{source}\n{url or body_hash}".encode()).hexdigest()


def url_key(url: str) -> str:
    """What the tombstone of an address is called; the address cannot be read from it."""
    return "url:" + hashlib.sha256(url.encode()).hexdigest()


def keep(connection: Connection, sighting: Sighting) -> Kept:
    """Keep what a page showed; the same sighting twice changes nothing. White space alone is no edit.

    A page that is older than the newest one kept, because it was parsed late, never undoes what that one said.
    An erased advert is refused (ETH-12).
    """
    locks.share(connection, locks.ERASE)
    sighting = _storable(sighting)
    digest = _body_hash(sighting)
    key = posting_id(sighting.source, sighting.url, digest)
    row = connection.execute(_FIND, {"key": key}).one_or_none()
    if row is None:
        if _erased(connection, key, sighting.url):
            return Kept(key, 0, "refused")
        first = new_row(connection.dialect.name, posting, "id")
        if connection.execute(first, _first_row(key, digest, sighting)).first() is not None:
            return _new_rev(connection, key, 1, sighting, "new")
        row = connection.execute(_FIND, {"key": key}).one()  # another process was quicker
    if row.body_hash == digest or sighting.seen_at < row.last_seen:
        _see_again(connection, row, sighting)
        return Kept(key, row.rev, "same")
    values = {
        "last_seen": max(row.last_seen, sighting.seen_at),
        "published_at": sighting.published_at or row.published_at,
        "gone_at": None,
        "expired_at": None,
        "body_hash": digest,
        "rev": row.rev + 1,
        # Not yet asked to be indexed: a document of the new text with the old reading would mask contacts in wrong
        # places. The reading asks for it.
        "index_version": row.index_version + 1,
    }
    connection.execute(update(posting).where(posting.c.id == key).values(values))
    return _new_rev(connection, key, row.rev + 1, sighting, "changed")


def mark_gone(connection: Connection, source: str, url: str, at: datetime) -> str | None:
    """Note that the site no longer shows the advert.

    Returns its id, or None when it is not ours, gone already, or was seen alive after `at`.
    """
    key = posting_id(source, url)
    alive = (posting.c.id == key, posting.c.gone_at.is_(None), posting.c.last_seen <= at)
    hit = connection.execute(update(posting).where(*alive).values(gone_at=at)).rowcount
    if not hit:
        return None
    touch(connection, [key], at)
    return key


def lock(connection: Connection, key: str) -> None:
    """Keep other writers off this posting until the transaction ends (PostgreSQL; SQLite has one writer)."""
    connection.execute(select(posting.c.id).where(posting.c.id == key).with_for_update())


def touch(connection: Connection, ids: Iterable[str], due: datetime) -> None:
    """Say that the search document of these postings is out of date: raises its version and asks for a sync."""
    keys = sorted(set(ids))
    connection.execute(_BUMP, {"ids": keys})
    worklist.add(connection, "sync", keys, due)


def get(connection: Connection, key: str, rev: int | None = None) -> Posting | None:
    """A posting at its newest, or at the given, revision; None too when retention has emptied it."""
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


def evidence_in_use(connection: Connection) -> set[str]:
    """The archive references of all revisions of postings that still have a text."""
    query = select(posting_rev.c.archive_ref).join(posting, posting.c.id == posting_rev.c.posting_id)
    return set(
        connection.execute(
            query.where(posting.c.expired_at.is_(None), posting_rev.c.archive_ref.is_not(None))
        ).scalars()
    )


def index_versions(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The version each posting's search document, or its removal, should have.

    It only ever rises: an erased posting's version is its last one plus one.
    """
    query = select(posting.c.id, posting.c.index_version).where(posting.c.id.in_(ids))
    versions = {row.id: row.index_version for row in connection.execute(query)}
    erased = select(tombstone.c.key, tombstone.c.index_version).where(tombstone.c.key.in_(ids))
    return versions | {row.key: row.index_version for row in connection.execute(erased)}


def every_id(connection: Connection) -> list[str]:
    """The ids of all postings that still have a text, for a rebuild."""
    query = select(posting.c.id).where(posting.c.expired_at.is_(None)).order_by(posting.c.id)
    return list(connection.execute(query).scalars())


def at_url(connection: Connection, url: str) -> list[str]:
    """The ids of the postings at this canonical address, whatever their source."""
    return list(connection.execute(select(posting.c.id).where(posting.c.url == url).order_by(posting.c.id)).scalars())


def count(connection: Connection) -> int:
    """How many postings there are, emptied ones included."""
    return connection.execute(select(func.count()).select_from(posting)).scalar_one()


def counts(connection: Connection) -> dict[str, int]:
    """How many postings are `live`, `gone` from their site, and `expired`, that is emptied by retention."""
    query = select(
        func.count().filter(posting.c.gone_at.is_(None), posting.c.expired_at.is_(None)),
        func.count().filter(posting.c.gone_at.is_not(None), posting.c.expired_at.is_(None)),
        func.count().filter(posting.c.expired_at.is_not(None)),
    ).select_from(posting)
    return dict(zip(("live", "gone", "expired"), connection.execute(query).one(), strict=True))


def _erased(connection: Connection, key: str, url: str) -> bool:
    names = [key, url_key(url)] if url else [key]
    return connection.execute(_BURIED, {"names": names}).first() is not None


def _see_again(connection: Connection, row: Row[Any], sighting: Sighting) -> None:
    last_seen = max(row.last_seen, sighting.seen_at)
    values: dict[str, Any] = {}
    if sighting.seen_at < row.first_seen:
        values["first_seen"] = sighting.seen_at
    if row.published_at is None and sighting.published_at is not None:
        values["published_at"] = sighting.published_at
    if row.gone_at is not None and sighting.seen_at > row.gone_at:
        values["gone_at"] = None
    connection.execute(_SEE, {"key": row.id, "at": last_seen})
    if values:
        connection.execute(update(posting).where(posting.c.id == row.id).values(values))
        if row.expired_at is None:
            touch(connection, [row.id], sighting.seen_at)


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
        "index_version": 1,
    }


def _new_rev(connection: Connection, key: str, rev: int, sighting: Sighting, change: str) -> Kept:
    row = {
        "posting_id": key,
        "rev": rev,
        "title": sighting.title,
        "text": sighting.text,
        "lang_hint": sighting.lang_hint,
        "fields": dict(sighting.fields),
        "seen_at": sighting.seen_at,
        "archive_ref": sighting.archive_ref,
        "body_sha256": sighting.body_sha256,
    }
    connection.execute(_ADD_REV, row)
    worklist.add(connection, "read", [key], sighting.seen_at)
    return Kept(key, rev, change)


def _body_hash(sighting: Sighting) -> str:
    body = " ".join(f"{sighting.title}\n{sighting.text}".split())
    return hashlib.sha256(body.encode()).hexdigest()


def _storable(sighting: Sighting) -> Sighting:
    """Without the two things no database takes, NUL and lone surrogates; the bytes in the archive have them still."""
    fields = {_clean(key): _clean(value) for key, value in sighting.fields.items()}
    return replace(sighting, title=_clean(sighting.title), text=_clean(sighting.text), fields=fields)


def _clean(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


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
    ).join(posting_rev, and_(rev.posting_id == posting.c.id, posting.c.expired_at.is_(None)))


def _posting(row: Row[Any]) -> Posting:
    values = row._mapping
    return Posting(**{**values, "kind": Kind(values["kind"])})
