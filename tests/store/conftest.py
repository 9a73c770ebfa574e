"""The store on both engines: every test here runs twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chyrak.settings import load_settings
from store import Store, open_store


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    overrides = {"store": {"url": request.getfixturevalue("postgres_url")}} if request.param == "postgresql" else {}
    opened = open_store(load_settings(home, **overrides))
    yield opened
    opened.close()
