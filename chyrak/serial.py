"""Records to JSON-ready values and back: one pair of functions, so that a field list is written once."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Any, TypeVar, cast

Record = TypeVar("Record")


def to_plain(value: Any) -> Any:
    """A record as dicts, lists, strings and numbers. A contact's raw value is left out (ETH-10)."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = _plain_fields(type(value))
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, IntEnum):
        return int(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[Record], value: Mapping[str, Any]) -> Record:
    """The record that `to_plain` gave `value` for; a contact comes back without its raw value."""
    hints = _hints(cast(Any, kind))
    return kind(**{name: _build(hints[name], item) for name, item in value.items() if name in hints}, **_blank(kind))


def _blank(kind: type) -> dict[str, str]:
    return {"value": ""} if kind.__name__ == "Contact" else {}


@lru_cache(maxsize=64)
def _plain_fields(kind: type) -> tuple[str, ...]:
    hidden = {"value"} if kind.__name__ == "Contact" else set()
    return tuple(f.name for f in dataclasses.fields(kind) if f.name not in hidden)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _build(next(a for a in arguments if a is not type(None)), value)
    if origin is tuple:
        inner = arguments[0]
        return tuple(_build(inner, item) for item in value)
    if isinstance(hint, type):
        if dataclasses.is_dataclass(hint):
            return from_plain(hint, value)
        if issubclass(hint, Enum):
            return hint(value)
        if issubclass(hint, datetime):
            return datetime.fromisoformat(value)
    return value
