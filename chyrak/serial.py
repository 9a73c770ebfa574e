"""Records to JSON-ready values and back: one pair of functions, so that a field list is written once."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Any, TypeVar, cast

Record = TypeVar("Record")
_PLAIN = frozenset({str, int, float, bool, type(None)})


def to_plain(value: Any) -> Any:
    """A record as dicts, lists, strings and numbers. A contact's raw value is left out (ETH-10)."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return [to_plain(item) for item in value]
    if dataclasses.is_dataclass(kind):
        return {name: to_plain(getattr(value, name)) for name in _plain_fields(kind)}
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
    return cast(Record, _builder(cast(Any, kind))(value))


@lru_cache(maxsize=64)
def _plain_fields(kind: type) -> tuple[str, ...]:
    hidden = {"value"} if kind.__name__ == "Contact" else set()
    return tuple(f.name for f in dataclasses.fields(kind) if f.name not in hidden)


@lru_cache(maxsize=256)
def _builder(hint: Any) -> Callable[[Any], Any]:
    """What makes a value of the type `hint` from a plain one. The types are looked into once, not for every value:
    a page of readings holds tens of thousands of them."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _builder(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        inner = _builder(arguments[0])
        if inner is _as_it_is:
            return tuple
        return lambda items: tuple([None if item is None else inner(item) for item in items])
    if isinstance(hint, type):
        if dataclasses.is_dataclass(hint):
            return _record_builder(hint)
        if issubclass(hint, Enum):
            return hint
        if issubclass(hint, datetime):
            return datetime.fromisoformat
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _record_builder(kind: Any) -> Callable[[Mapping[str, Any]], Any]:
    hints = typing.get_type_hints(kind)
    blank = {"value": ""} if kind.__name__ == "Contact" else {}
    builders: dict[str, Callable[[Any], Any]] = {}  # filled when a field is met: a type may hold itself

    def build(value: Mapping[str, Any]) -> Any:
        made: dict[str, Any] = {}
        for name, item in value.items():
            if item is None:
                if name in hints:
                    made[name] = None
            elif name in builders:
                made[name] = builders[name](item)
            elif name in hints:
                builders[name] = _builder(hints[name])
                made[name] = builders[name](item)
        return kind(**made, **blank)

    return build
