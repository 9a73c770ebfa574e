"""One database: write transactions that cannot deadlock on upgrade, readers that never wait for the writer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from chyrak.errors import RetryLater

BUSY_SECONDS = 60
_SQLITE = "sqlite"
_POSTGRES_TRY_AGAIN = ("40001", "40P01", "55P03")


class Database:
    """An engine with the two ways to use it. `careful` asks SQLite to reach the disk at every commit."""

    def __init__(self, url: str, *, careful: bool) -> None:
        self.engine = make_engine(url, careful=careful)
        self._writer = self.engine.execution_options(chyrak_writes=True)
        if self.is_sqlite:
            self._reader = make_engine(url, careful=careful, read_only=True)
        else:
            self._reader = self.engine.execution_options(postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == _SQLITE

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back by any exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), since a read that turns into a write fails
        without waiting. Raises RetryLater when the database cannot be reached, another writer holds the lock for
        longer than a minute, or PostgreSQL broke a circle of waiting writers: nothing was kept, do it again.
        """
        with _trouble(self.engine), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading one consistent state; the database refuses to write through it.

        Raises RetryLater when the database cannot be reached.
        """
        with _trouble(self.engine), self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self._reader.dispose()
        self.engine.dispose()


def make_engine(url: str, *, careful: bool = True, read_only: bool = False, foreign_keys: bool = True) -> Engine:
    """An engine with our rules set on every connection; `read_only` and `foreign_keys` are for SQLite."""
    if not url.startswith(_SQLITE):
        return create_engine(url, pool_pre_ping=True, json_serializer=_to_json)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_serializer=_to_json)
    pragmas = {
        "busy_timeout": str(BUSY_SECONDS * 1000),
        "journal_mode": "WAL",
        "foreign_keys": "ON" if foreign_keys else "OFF",
        "synchronous": "FULL" if careful else "NORMAL",
        "query_only": "ON" if read_only else "OFF",
    }

    def prepare(connection: Any, _record: Any) -> None:
        # None hands transaction control to us: the driver's own implicit BEGIN is deferred.
        connection.isolation_level = None
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


# Cyrillic as itself: escaped it would take three times the room.
_to_json = partial(json.dumps, ensure_ascii=False)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("chyrak_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _trouble(engine: Engine) -> Iterator[None]:
    try:
        yield
    except OperationalError as fault:
        if not _passes(fault):
            raise
        place = engine.url.render_as_string()
        raise RetryLater(
            f"{place}: cannot be used just now ({fault.orig}). Nothing was kept; it is tried again."
        ) from fault


def _passes(fault: OperationalError) -> bool:
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:
        return state in _POSTGRES_TRY_AGAIN or state[:2] in ("08", "53", "57")
    # Without a state psycopg never reached the server; SQLite's codes are words.
    return type(fault.orig).__module__.startswith("psycopg") or "locked" in str(fault.orig)
