"""Names of levels, exploitation types and stances in the languages of the pages and mails (en, ru, ky)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "ru", "ky")


def level_name(level: int, language: str = "en") -> str:
    """Display word of a level 0-4."""
    return str(_words()["levels"][str(int(level))][language])


def read_within_hours(level: int) -> int:
    """Hours within which a reviewer should have read an advert of this level; 0 means no limit."""
    return int(_words()["levels"][str(int(level))]["within_hours"])


def exploitation_types() -> tuple[str, ...]:
    """Every type id of the taxonomy (domain rules 1.1)."""
    return tuple(_words()["exploitation"])


def exploitation_name(type_id: str, language: str = "en") -> str:
    """Display words of an exploitation type; KeyError for an id that is not in the taxonomy."""
    return str(_words()["exploitation"][type_id][language])


def stance_name(stance: str, language: str = "en") -> str:
    """Display words of a stance."""
    return str(_words()["stances"][str(stance)][language])


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("chyrak").joinpath("taxonomy.toml").read_text(encoding="utf-8"))
