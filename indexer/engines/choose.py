"""Finds the engines in this folder and opens the one whose scheme the URL names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import cast

import indexer.engines
from chyrak.errors import AskOperator
from indexer.engines.base import Engine


def open_engine(url: str) -> Engine:
    """The engine `url` names: `tantivy:///folder` or `elasticsearch+http(s)://host:port/prefix`.

    Raises AskOperator for an unknown scheme or an engine that cannot be opened.
    """
    scheme = url.partition(":")[0].lower()
    module = engines().get(scheme)
    if module is None:
        raise AskOperator(f"index.url {url!r}: no engine has the scheme {scheme!r}. Known: {', '.join(engines())}.")
    return cast(Engine, module.open_url(url))


@lru_cache(maxsize=1)
def engines() -> Mapping[str, ModuleType]:
    """Every engine's package by scheme. Raises AskOperator when one does not load or two share a scheme."""
    found: dict[str, ModuleType] = {}
    for entry in pkgutil.iter_modules(indexer.engines.__path__):
        if not entry.ispkg:
            continue
        name = f"indexer.engines.{entry.name}"
        try:
            module = importlib.import_module(name)
            schemes, _ = module.SCHEMES, (module.open_url, module.explained)
        except (ImportError, AttributeError) as fault:
            raise AskOperator(f"{name}: this engine does not load: {fault}. Mend it or remove its folder.") from fault
        for scheme in schemes:
            if scheme in found:
                raise AskOperator(f"{name}: scheme {scheme!r} belongs to {found[scheme].__name__}. Rename one.")
            found[scheme] = module
    return found
