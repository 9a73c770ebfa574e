"""Finds the engines in this folder and opens the one whose scheme the URL names.

The engine of `tantivy:` lives in `tantivy_engine/`, that of `elasticsearch+https:` in `elasticsearch_engine/`. One is
imported when it is asked for: a client for servers takes half a second that a process without a server need not spend.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import lru_cache
from types import ModuleType
from typing import cast

import indexer.engines
from chyrak.errors import AskOperator
from indexer.engines.base import Engine

_ENDING = "_engine"


def open_engine(url: str) -> Engine:
    """The engine `url` names: `tantivy:///folder` or `elasticsearch+http(s)://host:port/prefix`.

    Raises AskOperator for an unknown scheme or an engine that cannot be opened.
    """
    scheme = url.partition(":")[0].lower()
    name = scheme.partition("+")[0]
    if name not in names() or scheme not in engine(name).SCHEMES:
        known = ", ".join(schemes())
        raise AskOperator(f"index.url {url!r}: no engine has the scheme {scheme!r}. Known: {known}.")
    return cast(Engine, engine(name).open_url(url))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """What the engines found are called; each is in a folder of that name."""
    folders = pkgutil.iter_modules(indexer.engines.__path__)
    return tuple(entry.name.removesuffix(_ENDING) for entry in folders if entry.ispkg and entry.name.endswith(_ENDING))


@lru_cache(maxsize=10)
def engine(name: str) -> ModuleType:
    """The engine of that name. Raises AskOperator when it does not load."""
    path = f"indexer.engines.{name}{_ENDING}"
    try:
        module = importlib.import_module(path)
        _ = module.SCHEMES, module.open_url, module.explained
    except (ImportError, AttributeError) as fault:
        raise AskOperator(f"{path}: this engine does not load: {fault}. Mend it or remove its folder.") from fault
    return module


def schemes() -> Iterator[str]:
    """The schemes of all engines."""
    for name in names():
        yield from engine(name).SCHEMES
