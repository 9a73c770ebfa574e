"""The store on both engines: every test here runs twice. The schema is made once a run and copied."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from chyrak.home import prepare_home
from chyrak.settings import Settings, load_settings
from store import Store, open_store
from store.keys import load_keys
from store.migrate import migrate
from store.vault import Vault


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose SQLite files have the newest schema and no row."""
    folder = tmp_path_factory.mktemp("migrated")
    open_store(load_settings(folder)).close()
    return folder


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a database with the newest schema and no row."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    _create(postgres_server, f'CREATE DATABASE "{name}"')
    for history in ("main", "crawl"):
        migrate(postgres_server.format(db=name), history)
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def store_settings(request: pytest.FixtureRequest, home: Path) -> Settings:
    """Settings of an empty, migrated store on one engine."""
    prepare_home(home)
    if request.param == "sqlite":
        made = request.getfixturevalue("migrated_home")
        for name in ("store.db", "crawl.db"):
            shutil.copy(made / name, home / name)
        return load_settings(home)
    server = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex[:16]}"
    _create(server, f'CREATE DATABASE "{name}" TEMPLATE "{request.getfixturevalue("migrated_postgres")}"')
    return load_settings(home, store={"url": server.format(db=name)})


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    opened = open_store(store_settings)
    yield opened
    opened.close()


@pytest.fixture
def vault(home: Path) -> Vault:
    return Vault(load_keys(home))


def _create(server: str, statement: str) -> None:
    place = server.format(db="postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(statement)
