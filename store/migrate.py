"""Brings a database to the newest schema; two histories that may share one PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, String, column, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from chyrak.errors import AskOperator
from store import locks
from store.database import make_engine

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"


def migrate(url: str, history: str) -> None:
    """Run the migrations of `history` that `url` lacks, under a lock, so that two processes may start at once.

    Raises AskOperator when the database cannot be reached or knows a revision this Chyrak does not.
    """
    # Without foreign keys: SQLite changes a table by making it anew, and dropping the old one would cascade.
    engine = make_engine(url, foreign_keys=False).execution_options(chyrak_writes=True)
    try:
        if _revision(engine, history) != newest(history):
            _upgrade(engine, history)
    except SQLAlchemyError as fault:
        place = engine.url.render_as_string()
        raise AskOperator(f"{place}: the database cannot be used: {fault}. Check store.url and its rights.") from fault
    finally:
        engine.dispose()


def newest(history: str) -> str:
    """The newest revision this code knows: the number its last migration file begins with."""
    return max(file.name.partition("_")[0] for file in (FOLDER / history / "versions").glob("[0-9]*_*.py"))


def configure(history: str, connection: Connection) -> Config:
    """Alembic's settings for one history on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER / history).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(engine: Engine, history: str) -> str | None:
    """The database's revision, read without Alembic: its import would cost every start a third of a second."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(f"schema_{history}"):
            return None
        at = table(f"schema_{history}", column("version_num", String))
        return connection.execute(select(at.c.version_num)).scalar_one_or_none()


def _upgrade(engine: Engine, history: str) -> None:
    from alembic import command
    from alembic.util import CommandError

    _keep_private(engine)
    with engine.begin() as connection:
        locks.hold(connection, locks.MIGRATE)
        try:
            command.upgrade(configure(history, connection), "head")
        except CommandError as fault:
            place = engine.url.render_as_string()
            raise AskOperator(
                f"{place}: {fault}. A newer Chyrak wrote it: use that one, or restore a backup."
            ) from fault
        if engine.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise AskOperator(
                f"{engine.url.render_as_string()}: rows point to rows that are not there. Restore a backup."
            )


def _keep_private(engine: Engine) -> None:
    """The file holds what people wrote and sealed contacts: nobody else on this machine may read it."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        file = Path(engine.url.database)
        file.touch(mode=0o600)
        file.chmod(0o600)
