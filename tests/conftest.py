"""What every test may use: a home folder, and the outside data where it is to be had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chyrak.settings import Settings, load_settings

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def missing(what: str, remedy: str) -> None:
    """Skip on a person's machine, with the remedy; fail in CI, where a gap must not hide."""
    message = f"{what}. {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def outside_data() -> Path:
    """The folder of recorded pages and adverts that are not part of this repository."""
    folder = Path(os.environ.get("CHYRAK_DATA", "") or _BESIDE)
    if not (folder / "pages").is_dir():
        missing(f"no outside data at {folder}", "Set CHYRAK_DATA to the folder that holds pages/ and ads/.")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    """Default settings on an empty home folder."""
    return load_settings(home)
