"""Brings a database to the newest schema; two histories that may share one PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from chyrak.errors import AskOperator
from store.database import make_engine

_FOLDER = Path(__file__).parent / "migrations"


def migrate(url: str, history: str) -> None:
    """Run the migrations of `history` that `url` lacks, under a lock, so that two processes may start at once.

    Raises AskOperator when the database cannot be reached or knows a revision this Chyrak does not.
    """
    config = _config(history)
    engine = make_engine(url).execution_options(chyrak_writes=True)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7240129)")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as fault:
        place = engine.url.render_as_string()
        raise AskOperator(f"{place}: the database cannot be used: {fault}. Check store.url and its rights.") from fault
    except CommandError as fault:
        place = engine.url.render_as_string()
        raise AskOperator(f"{place}: {fault}. A newer Chyrak wrote it: use that one, or restore a backup.") from fault
    finally:
        engine.dispose()


def newest(history: str) -> str:
    """The newest revision this code knows."""
    return str(ScriptDirectory.from_config(_config(history)).get_current_head())


def _config(history: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / history).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["history"] = history
    return config
