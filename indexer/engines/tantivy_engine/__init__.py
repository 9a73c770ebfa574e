"""The engine inside this process: a folder of files, written by one process and read by any number."""

from indexer.engines.tantivy_engine.compile import explained
from indexer.engines.tantivy_engine.engine import SCHEMES, open_url

__all__ = ["SCHEMES", "explained", "open_url"]
