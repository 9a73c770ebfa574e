"""The query language of Chyrak: `parse` turns what a person typed into a tree, `str` turns it back."""

from indexer.query.ast import And, Everything, Fuzzy, Is, Node, Not, Or, Phrase, Prefix, Query, Range, Word
from indexer.query.errors import QueryError
from indexer.query.fields import FIELDS, Field
from indexer.query.parser import parse

__all__ = [
    "FIELDS",
    "And",
    "Everything",
    "Field",
    "Fuzzy",
    "Is",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "QueryError",
    "Range",
    "Word",
    "parse",
]
