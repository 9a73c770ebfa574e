"""Locks that one transaction holds to its end, for what several writers of PostgreSQL must do one after the other.

SQLite has one writer at a time, so there is nothing to do there.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

MIGRATE = 7240129
ERASE = 7240130
GROUP = 7240131


def hold(connection: Connection, lock: int) -> None:
    """Wait for the lock and keep it until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def share(connection: Connection, lock: int) -> None:
    """Keep everybody out who wants to `hold` this lock, but nobody who shares it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(lock)))
