"""What such work ordinarily pays: the reference table behind I01 and I02, and the family of work a text names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import ahocorasick
from pydantic import BaseModel, ConfigDict

from chyrak.datafiles import load_yaml
from chyrak.records import Pay
from chyrak.text import Folded, fold, lazy
from nlp.components.pay_data import rates

_ASSUMED_MONTHLY_USD = (300.0, 15_000.0)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReferenceRow(_Model):
    """Ordinary pay in US dollars a month for a family of work in a country, with its source."""

    destination: str
    family: str
    p25: float
    p50: float
    p75: float
    source: str
    date: str


class _Reference(_Model):
    as_of: Any
    verify: bool
    rows: tuple[ReferenceRow, ...]
    europe: tuple[str, ...]
    gulf: tuple[str, ...]
    sea: tuple[str, ...]
    families: Mapping[str, tuple[str, ...]]


def reference(country: str, family: str | None) -> ReferenceRow | None:
    """The row for this work there: of the family, else of all families; None where the table is silent."""
    rows = _rows()
    for destination in _destinations(country):
        row = rows.get((destination, family or "*")) or rows.get((destination, "*"))
        if row:
            return row
    return None


def ratio_to_reference(pay: Pay | None, countries: Iterable[str], family: str | None) -> float | None:
    """How many times the ordinary (median) pay the middle of the promise is; 1.0 is ordinary.

    `countries` are those the work may be in: the best paid of them counts. None without a monthly figure, without a
    reference, and for sales. A sum without a period counts as monthly here if it can be one: between 300 and 15,000
    dollars, which no ordinary shift or day is worth.
    """
    monthly = _monthly(pay) if pay and family != "sales" else None
    if monthly is None:
        return None
    medians = [row.p50 for country in countries if (row := reference(country, family))]
    return round(monthly / max(medians), 2) if medians else None


def role_of(folded: Folded) -> str | None:
    """The family of work the text names first (construction, courier, office ...); shift camps before all others."""
    text = folded.lazy
    first: str | None = None
    for last, (family, length) in _automaton().iter(text):
        start = last + 1 - length
        if start and text[start - 1].isalnum():
            continue
        if family == "camp":
            return "camp"
        first = first or str(family)
    return first


def _monthly(pay: Pay) -> float | None:
    rate = rates().rates.get(pay.currency or "")
    if pay.usd_month is not None or pay.period != "unknown" or rate is None:
        return pay.usd_month
    bounds = [bound for bound in (pay.minimum, pay.maximum) if bound is not None]
    amount = sum(bounds) / len(bounds) / rate if bounds else 0.0
    low, high = _ASSUMED_MONTHLY_USD
    return amount if low <= amount <= high else None


def _destinations(country: str) -> list[str]:
    data = _data()
    sets = [name for name in ("gulf", "sea", "europe") if country in getattr(data, name)]
    return [{"UA-OCC": "RU", "XA": "abroad"}.get(country, country), *sets]


@lru_cache(maxsize=1)
def _data() -> _Reference:
    return load_yaml(Path(str(files("nlp").joinpath("data/pay_reference.yaml"))), _Reference)


@lru_cache(maxsize=1)
def _rows() -> Mapping[tuple[str, str], ReferenceRow]:
    return {(row.destination, row.family): row for row in _data().rows}


@lru_cache(maxsize=1)
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for family, stems in _data().families.items():
        for stem in stems:
            word = lazy(fold(stem).text)
            automaton.add_word(word, (family, len(word)))
    automaton.make_automaton()
    return automaton
