"""Both histories lead to the tables as the code knows them, on both engines, whoever starts first."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, delete, insert, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from chyrak.errors import AskOperator
from chyrak.settings import load_settings
from store import Store, open_store, tables
from store.migrate import migrate, newest


@pytest.mark.parametrize(("history", "metadata"), [("main", tables.main), ("crawl", tables.crawl)])
def test_the_migrations_make_exactly_the_tables_the_code_uses(store: Store, history: str, metadata: MetaData):
    database = store.main if history == "main" else store.crawl
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_server_default": True,
                "include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_every_constraint_has_a_name_so_that_a_later_migration_can_change_it(store: Store):
    for database in (store.main, store.crawl):
        inspector = inspect(database.engine)
        for name in inspector.get_table_names():
            if name.startswith("schema_"):
                continue
            assert inspector.get_pk_constraint(name)["name"]
            for constraint in (
                *inspector.get_foreign_keys(name),
                *inspector.get_unique_constraints(name),
                *inspector.get_check_constraints(name),
            ):
                assert constraint["name"], (name, constraint)


def test_on_postgresql_both_histories_live_in_one_database_side_by_side(home: Path, postgres_url: str):
    opened = open_store(load_settings(home, store={"url": postgres_url}))
    try:
        found = set(inspect(opened.main.engine).get_table_names())
        assert opened.main.engine.url == opened.crawl.engine.url
    finally:
        opened.close()
    assert found == {*tables.main.tables, *tables.crawl.tables, "schema_main", "schema_crawl"}


def test_opening_twice_changes_nothing(home: Path):
    settings = load_settings(home)
    open_store(settings).close()
    before = (home / "store.db").stat().st_mtime_ns
    open_store(settings).close()
    assert (home / "store.db").stat().st_mtime_ns == before


def test_nobody_else_on_the_machine_may_read_the_database(home: Path):
    open_store(load_settings(home)).close()
    for name in ("store.db", "crawl.db"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(store: Store):
    url = store.main.engine.url.render_as_string(hide_password=False)
    with store.main.begin() as connection:
        connection.execute(text("UPDATE schema_main SET version_num = '9999'"))
    with pytest.raises(AskOperator, match=r"newer Chyrak"):
        migrate(url, "main")


def test_a_database_that_cannot_be_reached_is_named(tmp_path: Path):
    with pytest.raises(AskOperator, match=r"store\.url"):
        migrate(f"sqlite:///{tmp_path}/no/such/folder/store.db", "main")


def test_processes_that_start_at_the_same_moment_migrate_once(home: Path):
    code = "import sys; from pathlib import Path; from chyrak.settings import load_settings; import store\n"
    code += "store.open_store(load_settings(Path(sys.argv[1]))).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, str(home)], stderr=subprocess.PIPE) for _ in range(3)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    with closing(sqlite3.connect(home / "store.db")) as connection:
        assert connection.execute("SELECT version_num FROM schema_main").fetchall() == [(newest("main"),)]


def test_a_reader_cannot_write(store: Store):
    with pytest.raises(DBAPIError, match=r"read-?only"), store.main.read() as connection:
        connection.execute(insert(tables.campaign).values(id="x", template="", slots=[]))
    with store.main.begin() as connection:
        connection.execute(insert(tables.campaign).values(id="x", template="", slots=[]))


def test_a_row_cannot_point_to_one_that_is_not_there(store: Store):
    with pytest.raises(IntegrityError), store.main.begin() as connection:
        connection.execute(insert(tables.band).values(posting_id="nowhere", band="b"))


def test_sqlite_is_opened_as_the_processes_around_it_need(home: Path):
    opened = open_store(load_settings(home))
    try:
        for database, synchronous in ((opened.main, 2), (opened.crawl, 1)):
            with database.read() as connection:
                read = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
                ]
            assert read[:2] == ["wal", 1]
            assert read[2] >= 30_000
            assert read[3] == synchronous
    finally:
        opened.close()


def test_a_reader_sees_one_state_and_never_waits_for_the_writer(store: Store):
    with store.main.begin() as writer:
        writer.execute(insert(tables.campaign).values(id="a", template="", slots=[]))
        with store.main.read() as reader:
            assert reader.execute(text("SELECT count(*) FROM campaign")).scalar_one() == 0
    with store.main.read() as reader:
        assert reader.execute(text("SELECT count(*) FROM campaign")).scalar_one() == 1


def test_a_failed_transaction_leaves_nothing(store: Store):
    def write_and_fail() -> None:
        with store.main.begin() as connection:
            connection.execute(insert(tables.campaign).values(id="a", template="", slots=[]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with store.main.begin() as connection:
        assert connection.execute(delete(tables.campaign)).rowcount == 0


def test_a_fault_in_a_statement_is_not_called_a_passing_one(store: Store):
    with pytest.raises((OperationalError, DBAPIError)), store.main.begin() as connection:
        connection.execute(text("SELECT * FROM no_such_table"))
