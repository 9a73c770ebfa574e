"""INSERT ... ON CONFLICT for both engines. Statements are built once: building one costs more than running it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table


def insert(connection: Connection, table: Table) -> Any:
    """The dialect's INSERT, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return insert_for(connection.dialect.name, table)


def put(connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert the row, or update `values` of the row with this `key`; all of them plain values."""
    connection.execute(_put(connection.dialect.name, table, tuple(key), tuple(values)), {**key, **values})


@lru_cache(maxsize=256)
def new_row(dialect: str, table: Table, returning: str) -> Any:
    """INSERT of a row that may be there already; it returns the named column when it was not."""
    return insert_for(dialect, table).on_conflict_do_nothing().returning(table.c[returning])


@lru_cache(maxsize=256)
def _put(dialect: str, table: Table, key: tuple[str, ...], values: tuple[str, ...]) -> Any:
    statement = insert_for(dialect, table)
    changes = {name: statement.excluded[name] for name in values}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changes)


def insert_for(dialect: str, table: Table) -> Any:
    """The INSERT of a dialect named by its word, for statements that are built once."""
    # One of the two is never used in a process, and importing PostgreSQL's costs a fifth of a second.
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
