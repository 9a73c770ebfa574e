"""Who needs permission to work where: the law table behind rule R16, as data with dates and marks to verify."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from chyrak.datafiles import load_yaml


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Union(_Model):
    members: tuple[str, ...]
    basis: str
    verify: bool


class _Pair(_Model):
    origin: str
    destination: str
    permit: bool
    basis: str
    verify: bool


class _Always(_Model):
    destinations: tuple[str, ...]
    origins: tuple[str, ...]
    verify: bool


class _Corridors(_Model):
    as_of: Any
    verify: bool
    source: str
    free_unions: Mapping[str, _Union]
    pairs: tuple[_Pair, ...]
    always: _Always


def needs_permit(origin: str | None, destination: str | None) -> bool | None:
    """Whether a citizen of `origin` needs a permit, patent or work visa for paid work in `destination` (ISO codes).

    None when either is unknown or the table holds no row for the pair: unknown is never read as "no".
    """
    if not origin or not destination:
        return None
    if origin == destination:
        return False
    return _table().get((origin, destination))


@lru_cache(maxsize=1)
def _table() -> Mapping[tuple[str, str], bool]:
    data = load_yaml(Path(str(files("nlp").joinpath("data/corridors.yaml"))), _Corridors)
    table = {(origin, to): True for origin in data.always.origins for to in data.always.destinations}
    for union in data.free_unions.values():
        table |= {(origin, to): False for origin in union.members for to in union.members if origin != to}
    return table | {(pair.origin, pair.destination): pair.permit for pair in data.pairs}
