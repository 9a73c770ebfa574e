"""One database: write transactions that cannot deadlock on upgrade, readers that never wait for the writer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from chyrak.errors import RetryLater

BUSY_SECONDS = 60


class Database:
    """An engine with the two ways to use it. `careful` asks SQLite to reach the disk at every commit."""

    def __init__(self, url: str, *, careful: bool) -> None:
        self.engine = make_engine(url, careful=careful)
        self._writer = self.engine.execution_options(chyrak_writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back by any exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), since a read that turns into a write fails
        without waiting. Raises RetryLater when another writer holds the lock for longer than a minute.
        """
        try:
            with self._writer.begin() as connection:
                yield connection
        except OperationalError as fault:
            if "locked" in str(fault.orig):
                raise RetryLater(
                    f"{self.engine.url.render_as_string()} stayed locked for {BUSY_SECONDS} s by another process."
                ) from fault
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; what is written through it is rolled back."""
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def make_engine(url: str, *, careful: bool = True) -> Engine:
    """An engine with our rules set on every connection."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _careful_sqlite if careful else _quick_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("chyrak_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _careful_sqlite(connection: Any, _record: Any) -> None:
    _set_pragmas(connection, "FULL")


def _quick_sqlite(connection: Any, _record: Any) -> None:
    _set_pragmas(connection, "NORMAL")


def _set_pragmas(connection: Any, synchronous: str) -> None:
    # None hands transaction control to us: the driver's own implicit BEGIN is deferred.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA synchronous={synchronous}")
    cursor.close()
