"""The search index: query language, documents and engines.

engine = open_engine(settings.index_url)
page = engine.search(SearchRequest(parse("паспорт level:>=2"), facets=("lang", "level")))
"""

from indexer.documents import Document, Removal, build
from indexer.engines import Engine, open_engine
from indexer.explaining import explain
from indexer.query import Query, QueryError, parse
from indexer.requests import Applied, Bucket, Facet, Hit, Info, Page, SearchRequest, Sort

__all__ = [
    "Applied",
    "Bucket",
    "Document",
    "Engine",
    "Facet",
    "Hit",
    "Info",
    "Page",
    "Query",
    "QueryError",
    "Removal",
    "SearchRequest",
    "Sort",
    "build",
    "explain",
    "open_engine",
    "parse",
]
