"""The engine on a server: Elasticsearch 8.19 or 9, for more adverts and people than one machine holds."""

from indexer.engines.elasticsearch_engine.compile import explained
from indexer.engines.elasticsearch_engine.engine import SCHEMES, open_url

__all__ = ["SCHEMES", "explained", "open_url"]
