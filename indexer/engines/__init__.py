"""The search engines: one folder each, found by walking, chosen by the scheme of one URL."""

from indexer.engines.base import Engine
from indexer.engines.choose import open_engine

__all__ = ["Engine", "open_engine"]
