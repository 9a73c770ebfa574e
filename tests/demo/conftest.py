"""A demo town with its clock standing still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.demo import town


@pytest.fixture(scope="module")
def town_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def still_town(town_home: Path) -> Iterator[town.Addresses]:
    with town.running(town_home, once=True) as at:
        yield at
