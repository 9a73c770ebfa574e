"""Readings: one row per (posting, revision, engine); the newest one is current. Contacts go to the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from chyrak.errors import SkipItem
from chyrak.records import Level, Reading, Reason
from chyrak.serial import from_plain, to_plain
from store import erasure, postings, worklist
from store.tables import posting, reading
from store.upsert import put
from store.vault import Vault

_NEWEST_REV = (
    select(posting.c.rev).where(posting.c.id == bindparam("key"), posting.c.expired_at.is_(None)).with_for_update()
)
_CURRENT = select(reading).where(reading.c.posting_id == bindparam("key"), reading.c.current.is_(True))
_NO_LONGER_CURRENT = update(reading).where(reading.c.posting_id == bindparam("key")).values(current=False)


def record(connection: Connection, value: Reading, vault: Vault, now: datetime) -> None:
    """Keep a reading as the current one of its posting, and its contacts in the vault; group and sync are asked for.

    The same reading twice changes nothing. A reading of an older revision than the current one is kept beside it.
    Nothing is kept of a posting that was erased or emptied meanwhile; one that shows an erased contact is erased
    (ETH-12). Raises SkipItem for a revision the posting never had.
    """
    newest = _newest_rev(connection, value.posting_id)
    if newest is None:
        return
    if not 1 <= value.rev <= newest:
        raise SkipItem(f"posting {value.posting_id} has no revision {value.rev}: the newest is {newest}. Read it anew.")
    if erasure.erase_again(connection, value.posting_id, [vault.link(c.kind, c.value) for c in value.contacts], now):
        return
    key = {
        "posting_id": value.posting_id,
        "rev": value.rev,
        "rules": value.engine.rules,
        "model": value.engine.model,
    }
    held = connection.execute(_CURRENT, {"key": value.posting_id}).one_or_none()
    if held is not None and held.rev > value.rev:
        put(connection, reading, key, _row(value, current=False))
        return
    row = _row(value, current=True)
    if held is not None and all(getattr(held, n) == v for n, v in {**key, "body": row["body"]}.items()):
        return
    if held is not None:
        connection.execute(_NO_LONGER_CURRENT, {"key": value.posting_id})
    put(connection, reading, key, row)
    vault.keep(connection, value.posting_id, value.contacts)
    worklist.add(connection, "group", [value.posting_id], now)
    postings.touch(connection, [value.posting_id], now)


def _row(value: Reading, *, current: bool) -> dict[str, Any]:
    return {
        "level": int(value.level),
        "score": value.score,
        "stance": value.stance.value,
        "raised_by": 0,
        "body": to_plain(_without_raw_contacts(value)),
        "current": current,
    }


def _without_raw_contacts(value: Reading) -> Reading:
    """The reading with the place of each contact and not its letters: those belong to the vault (ETH-10)."""
    contacts = tuple(replace(c, span=replace(c.span, text="") if c.span else None) for c in value.contacts)
    return replace(value, contacts=contacts)


def _newest_rev(connection: Connection, posting_id: str) -> int | None:
    return connection.execute(_NEWEST_REV, {"key": posting_id}).scalar_one_or_none()


def raise_level(connection: Connection, posting_id: str, by: int, now: datetime) -> bool:
    """Set by how much the posting's network (rule R15) raises its level; returns whether that changed anything."""
    changed = connection.execute(
        update(reading)
        .where(reading.c.posting_id == posting_id, reading.c.current.is_(True), reading.c.raised_by != by)
        .values(raised_by=by)
    ).rowcount
    if changed:
        postings.touch(connection, [posting_id], now)
    return bool(changed)


def own_level(connection: Connection, posting_id: str) -> Level:
    """The level the posting's own text gave, before its network raised it."""
    query = select(reading.c.level).where(reading.c.posting_id == posting_id, reading.c.current.is_(True))
    return Level(connection.execute(query).scalar_one_or_none() or 0)


def many(connection: Connection, ids: Sequence[str]) -> dict[str, Reading]:
    """The current reading of each of these postings, its level raised by its network where that is so."""
    query = select(reading).where(reading.c.posting_id.in_(ids), reading.c.current.is_(True))
    return {row.posting_id: _raised(from_plain(Reading, row.body), row.raised_by) for row in connection.execute(query)}


def levels(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The level of each current reading, its network's raise included, without loading the readings."""
    query = select(reading.c.posting_id, reading.c.level, reading.c.raised_by)
    rows = connection.execute(query.where(reading.c.posting_id.in_(ids), reading.c.current.is_(True)))
    return {row.posting_id: min(row.level + row.raised_by, int(Level.URGENT)) for row in rows}


def latest(connection: Connection, posting_id: str) -> Reading | None:
    """The current reading of one posting."""
    return many(connection, [posting_id]).get(posting_id)


def _raised(value: Reading, by: int) -> Reading:
    if not by:
        return value
    says = "the same text or contact stands in other adverts, and this one shows indicators of its own"
    level = Level(min(int(value.level) + by, int(Level.URGENT)))
    return replace(value, level=level, reasons=(*value.reasons, Reason("R15", float(by), says)))
