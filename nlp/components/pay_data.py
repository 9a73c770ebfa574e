"""The data that pay is read by (`nlp/data/pay.yaml`, `fx.yaml`), and the patterns made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from chyrak.datafiles import load_yaml
from chyrak.text import fold, lazy


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PayData(_Model):
    """The checked content of pay.yaml."""

    as_of: Any
    reviewed: Mapping[str, str | None]
    currencies: Mapping[str, tuple[str, ...]]
    letters: Mapping[str, Mapping[str, str]]
    by_country: Mapping[str, Mapping[str, str]]
    local: Mapping[str, str]
    local_by_language: Mapping[str, str]
    multipliers: Mapping[int, tuple[str, ...]]
    compounds: Mapping[str, tuple[int, str]]
    periods: Mapping[str, tuple[str, ...]]
    bare_periods: Mapping[str, tuple[str, ...]]
    nouns: Mapping[str, tuple[str, ...]]
    not_pay: tuple[str, ...]
    basis: Mapping[str, tuple[str, ...]]
    units: tuple[str, ...]
    from_: tuple[str, ...]
    up_to: tuple[str, ...]
    up_to_after: tuple[str, ...]
    joins: tuple[str, ...]
    days_a_month: float
    hours_a_month: float
    weeks_a_month: float

    def __init__(self, **data: Any) -> None:
        if "from" in data:
            data["from_"] = data.pop("from")
        super().__init__(**data)


class Rates(_Model):
    """Units of each currency for one US dollar on a day."""

    as_of: date
    source: str
    verify: bool
    rates: Mapping[str, float]
    notes: Mapping[str, str]


@lru_cache(maxsize=1)
def pay_data() -> PayData:
    """pay.yaml, read once."""
    return load_yaml(_file("pay.yaml"), PayData)


@lru_cache(maxsize=1)
def rates() -> Rates:
    """fx.yaml, read once."""
    return load_yaml(_file("fx.yaml"), Rates)


def plain(word: str) -> str:
    """A word of the data as the lazy view has it."""
    return lazy(fold(word).text)


def _file(name: str) -> Path:
    return Path(str(files("nlp").joinpath(f"data/{name}")))


def alternatives(words: Iterable[str]) -> str:
    """Words and `stem*`s as one regular expression for the lazy view, longest first."""
    forms = sorted({plain(word.rstrip("*")) + "*" * word.endswith("*") for word in words}, key=len, reverse=True)
    return "|".join(_form(form) for form in forms)


def _form(form: str) -> str:
    if form.endswith("*"):
        return re.escape(form[:-1]) + r"[^\W\d_']*(?:'[^\W\d_]+)?"
    last = r"(?![^\W_])" if form[-1].isalnum() else ""
    return re.escape(form).replace(r"\ ", " ?" if len(form) < 4 else r"\s+") + last


def lookup(words: Mapping[str, Iterable[str]]) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """Whole words to their key, and stems with their key, longest first."""
    whole: dict[str, str] = {}
    stems: list[tuple[str, str]] = []
    for key, forms in words.items():
        for form in forms:
            if form.endswith("*"):
                stems.append((plain(form[:-1]), key))
            else:
                whole.setdefault(plain(form), key)
    return whole, tuple(sorted(stems, key=lambda pair: -len(pair[0])))
