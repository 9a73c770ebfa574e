"""Readings: one row per (posting, revision, engine); the newest one is current. Contacts go to the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from chyrak.records import Level, Reading, Reason
from chyrak.serial import from_plain, to_plain
from store import postings, worklist
from store.tables import reading
from store.upsert import put
from store.vault import Vault


def record(connection: Connection, value: Reading, vault: Vault, now: datetime) -> None:
    """Keep a reading as the current one of its posting; the same reading twice changes nothing that is seen."""
    key = {
        "posting_id": value.posting_id,
        "rev": value.rev,
        "rules": value.engine.rules,
        "model": value.engine.model,
    }
    connection.execute(update(reading).where(reading.c.posting_id == value.posting_id).values(current=False))
    row = {
        "level": int(value.level),
        "score": value.score,
        "stance": value.stance.value,
        "raised_by": 0,
        "body": to_plain(value),
        "current": True,
    }
    put(connection, reading, key, row)
    vault.keep(connection, value.posting_id, value.contacts)
    postings.touch(connection, [value.posting_id], now)
    worklist.add(connection, "group", [value.posting_id], now)


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


def latest(connection: Connection, posting_id: str) -> Reading | None:
    """The current reading of one posting."""
    return many(connection, [posting_id]).get(posting_id)


def _raised(value: Reading, by: int) -> Reading:
    if not by:
        return value
    says = "the same text or contact stands in other adverts, and this one shows indicators of its own"
    level = Level(min(int(value.level) + by, int(Level.URGENT)))
    return replace(value, level=level, reasons=(*value.reasons, Reason("R15", float(by), says)))
