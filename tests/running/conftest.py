"""A home with everything opened, and adverts in it, for the tests of the hops."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chyrak.records import Kind, Sighting
from chyrak.settings import Settings, load_settings
from runtime.context import Context
from store import open_store, postings

# The invented adverts of the store's tests are used here too.
sys.path.append(str(Path(__file__).parent.parent / "store"))

RISKY = (
    "Срочно! Девушки 18-25 в Дубай, ночной клуб, консумация. Паспорт сдаёте администратору, долг за билет отработаете. "
    "Телефон не нужен, жильё в клубе. Пишите в телеграм @example_lamp, +996 555 000 142"
)


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose databases have the newest schema and no row; copied by whoever needs one."""
    folder = tmp_path_factory.mktemp("empty-home")
    open_store(load_settings(folder)).close()
    return folder


@pytest.fixture
def settings(home: Path, empty_home: Path) -> Settings:
    """Default settings on a home with an empty store."""
    import shutil

    shutil.copytree(empty_home, home)
    return load_settings(home)


@pytest.fixture
def context(settings: Settings) -> Iterator[Context]:
    """Everything opened on an empty home."""
    opened = Context(settings)
    yield opened
    opened.close()


@pytest.fixture
def moment() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def keep(context: Context, moment: datetime) -> Callable[..., str]:
    """Keeps an advert and gives its id."""

    def keep(text: str = RISKY, url: str = "https://board.example/1", source: str = "board") -> str:
        with context.store.main.begin() as connection:
            return postings.keep(connection, Sighting(source, url, Kind.ADVERT, "", text, moment)).posting_id

    return keep
