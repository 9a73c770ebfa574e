"""The tree of a query: frozen dataclasses whose `str` is query text that parses to an equal tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

_SPECIAL = re.compile(r'([\\()":*~\s«»“”„])')
_OPERATORS = ("AND", "OR", "NOT")


def escape(text: str) -> str:
    """`text` written so that the parser reads it as one plain word."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    if text in _OPERATORS or text[:1] in ("-", ">", "<"):
        return "\\" + escaped
    return escaped


def quote(text: str) -> str:
    """`text` as a quoted phrase."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every document; what an empty query means."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms, spellings and scripts."""

    text: str

    def __str__(self) -> str:
        return escape(self.text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order with at most `slop` other words between the first and the last."""

    text: str
    slop: int = 0

    def __str__(self) -> str:
        return quote(self.text) + (f"~{self.slop}" if self.slop else "")


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    text: str

    def __str__(self) -> str:
        return f"{escape(self.text)}*"


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words at most `edits` letters away: added, left out, changed or swapped with the next."""

    text: str
    edits: int

    def __str__(self) -> str:
        return f"{escape(self.text)}~{self.edits}"


@dataclass(frozen=True, slots=True)
class Is:
    """The field holds exactly this value (in its normal form)."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{_value(self.value)}"


@dataclass(frozen=True, slots=True)
class Range:
    """The field lies between `low` and `high`; None is no bound; an open bound is itself left out.

    Whole numbers and dates come with closed bounds only; a date bound is a whole day in UTC.
    """

    field: str
    low: int | float | date | None = None
    high: int | float | date | None = None
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        low, high = _bound(self.low), _bound(self.high)
        if self.low_open or self.high_open:
            parts = []
            if low:
                parts.append(f"{self.field}:{'>' if self.low_open else '>='}{low}")
            if high:
                parts.append(f"{self.field}:{'<' if self.high_open else '<='}{high}")
            return parts[0] if len(parts) == 1 else f"({' '.join(parts)})"
        if low and low == high:
            return f"{self.field}:{low}"
        return f"{self.field}:{low}..{high}"


@dataclass(frozen=True, slots=True)
class Not:
    """What `of` does not match."""

    of: Node

    def __str__(self) -> str:
        return f"-{_inner(self.of)}"


@dataclass(frozen=True, slots=True)
class And:
    """Two or more, all of which must match."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(_inner(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more, one of which must match."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_inner(part) for part in self.parts)


Node: TypeAlias = Everything | Word | Phrase | Prefix | Fuzzy | Is | Range | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. Equal trees are equal queries, whatever the spacing of their text was."""

    root: Node

    def __str__(self) -> str:
        return str(self.root)


def _inner(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


def _value(value: str) -> str:
    return escape(value) if re.fullmatch(r"[^\s]+", value) and ".." not in value else quote(value)


def _bound(value: int | float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")  # never an exponent, which the language does not have
        return text.removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)
