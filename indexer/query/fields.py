"""The fields a query can name, what a value of each may be and its normal form.

To add a field: one row in FIELDS, the attribute in `documents.Document`, and the engines' field table
(`documents.keywords` or `documents.numbers`) picks it up.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from chyrak.records import Kind, Stance
from chyrak.taxonomy import exploitation_types


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `shape` says which values and ranges it takes; `allowed` lists the values when they are few."""

    name: str
    shape: Literal["keyword", "whole", "decimal", "date", "flag"]
    says: str
    allowed: Callable[[], tuple[str, ...]] | None = None
    normal: Callable[[str], str] = str.strip


def _lower(value: str) -> str:
    return value.strip().casefold()


def _upper(value: str) -> str:
    return value.strip().upper()


def place_key(name: str) -> str:
    """The form in which codes and names of places are compared."""
    return name.strip().upper().replace("Ё", "Е")


def _language(value: str) -> str:
    return value.strip().lower().replace("_", "-").split("-")[0]


def _flag(value: str) -> str:
    return {"true": "yes", "1": "yes", "false": "no", "0": "no"}.get(_lower(value), _lower(value))


def _type(value: str) -> str:
    folded = re.sub(r"[\s-]+", "_", value.strip()).casefold()
    return next((known for known in exploitation_types() if known.casefold() == folded), value.strip())


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("lang", "keyword", "language found in the advert: ru ky kk uz tg tk en", normal=_language),
        Field("place", "keyword", "country code or name of a place in the advert: AE, Дубай", normal=place_key),
        Field("indicator", "keyword", "id of an indicator that is present: I05", normal=_upper),
        Field("type", "keyword", "type of exploitation pointed to", exploitation_types, _type),
        Field("source", "keyword", "id of the source"),
        Field("contact", "keyword", "link of a contact (never the raw phone or handle)", normal=_lower),
        Field("campaign", "keyword", "id of the campaign of reposts", normal=_lower),
        Field("stance", "keyword", "who is speaking", lambda: tuple(s.value for s in Stance), _upper),
        Field("decision", "keyword", "state of the reviewers' decision: open, decided ...", normal=_lower),
        Field("level", "whole", "0 none, 1 watch, 2 elevated, 3 high, 4 urgent"),
        Field("score", "decimal", "probability that a reviewer would want to see it, 0 to 1"),
        Field("published", "date", "day, month or year: 2026-10-31, 2026-10, 2026"),
        Field("pay", "decimal", "promised pay a month in US dollars"),
        Field("kind", "keyword", "sort of text", lambda: tuple(k.value for k in Kind), _lower),
        Field("gone", "flag", "whether the page has been taken down", lambda: ("yes", "no"), _flag),
    )
}


def nearest(name: str) -> str:
    """The field whose name is most like `name`, or an empty string."""
    lowered = name.lower()
    aliases = {"language": "lang", "country": "place", "phone": "contact", "date": "published", "salary": "pay"}
    if lowered in aliases:
        return aliases[lowered]
    found = difflib.get_close_matches(lowered, FIELDS, n=1, cutoff=0.55)
    return found[0] if found else ""
