"""Watches: saved searches and the people they write to."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select, update

from chyrak.errors import WrongUsage
from chyrak.records import Watch
from chyrak.serial import from_plain, to_plain
from store.tables import watch
from store.upsert import put


def save(connection: Connection, value: Watch) -> None:
    """Add a watch, or replace the one with its id.

    Addresses are kept in lower case, each once: one person gets one digest however an address was typed.
    """
    recipients = tuple(dict.fromkeys(address.strip().lower() for address in value.recipients))
    value = replace(value, recipients=recipients)
    put(connection, watch, {"id": value.id}, {"body": to_plain(value), "paused": value.paused})


def get(connection: Connection, watch_id: str) -> Watch | None:
    """One watch."""
    row = connection.execute(select(watch).where(watch.c.id == watch_id)).one_or_none()
    return from_plain(Watch, {**row.body, "paused": row.paused}) if row else None


def every(connection: Connection, *, paused: bool = True) -> list[Watch]:
    """All watches by id; without the paused ones when `paused` is False."""
    query = select(watch).order_by(watch.c.id)
    if not paused:
        query = query.where(watch.c.paused.is_(False))
    return [from_plain(Watch, {**row.body, "paused": row.paused}) for row in connection.execute(query)]


def pause(connection: Connection, watch_id: str, paused: bool) -> None:
    """Stop or go on; WrongUsage for an unknown id."""
    if not connection.execute(update(watch).where(watch.c.id == watch_id).values(paused=paused)).rowcount:
        raise WrongUsage(f"There is no watch {watch_id!r}. `chyrak watch list` shows them.")
