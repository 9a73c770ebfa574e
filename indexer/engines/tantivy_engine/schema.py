"""The fields of the tantivy index and how a document is written to them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import cast

import tantivy

from indexer import analysis
from indexer.documents import Document, keywords, numbers, pack
from indexer.ordering import keys
from indexer.written import LEXEMES, TITLE_LEXEMES, WORDS, from_payload, payload, texts

GROUP_KEY = "group_key"
_WHOLE = ("level", "published", "by_date", "by_level", "by_score", "version", GROUP_KEY)
_DECIMAL = ("score", "pay")


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """The one schema of this version of Chyrak."""
    build = tantivy.SchemaBuilder()
    build.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    build.add_bytes_field("payload", stored=True)
    build.add_text_field(WORDS, tokenizer_name="whitespace", index_option="position")
    build.add_text_field(LEXEMES, tokenizer_name="whitespace", index_option="freq")
    build.add_text_field(TITLE_LEXEMES, tokenizer_name="whitespace", index_option="freq")
    for name in keywords(_example()):
        build.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in _WHOLE:  # ranges are read from the column: a list for each of half a million dates helps nobody
        build.add_integer_field(name, fast=True)
    for name in _DECIMAL:
        build.add_float_field(name, fast=True)
    return build.build()


def whole_field(name: str) -> bool:
    """Whether the number field holds whole numbers."""
    return name in _WHOLE


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes when documents of an older index would be found differently."""
    example = _example()
    parts = [
        "numbers in columns alone",
        sorted(keywords(example)),
        _WHOLE,
        _DECIMAL,
        analysis.VERSION,
        sorted(payload(example)),
        version("tantivy")[:4],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def to_tantivy(document: Document) -> tantivy.Document:
    """The document as tantivy takes it. Raises ValueError, TypeError or OverflowError for what it cannot hold."""
    made = tantivy.Document()
    made.add_text("id", document.id)
    made.add_bytes("payload", pack(payload(document)))
    for name, text in texts(document).items():
        made.add_text(name, text)
    for name, values in keywords(document).items():
        for value in values:
            made.add_text(name, value)
    for name, number in {**numbers(document), **keys(document), "version": document.version}.items():
        if number is not None and whole_field(name):
            made.add_integer(name, int(number))
        elif number is not None:
            made.add_float(name, float(number))
    made.add_integer(GROUP_KEY, group_key(document.campaign or document.id))
    return made


def from_tantivy(found: tantivy.Document) -> Document:
    """The document that `to_tantivy` was given."""
    return from_payload(json.loads(cast(bytes, found.get_first("payload"))))


def group_key(group: str) -> int:
    """A campaign's id as a number, which can be read without unpacking the document."""
    return int.from_bytes(hashlib.blake2b(group.encode(), digest_size=6).digest(), "big")


def _example() -> Document:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return Document(
        id="",
        version=1,
        source="",
        url="",
        kind="",
        title="",
        text="",
        languages=(),
        stance="",
        level=0,
        score=0.0,
        exploitation=(),
        indicators=(),
        places=(),
        pay_usd_month=None,
        contacts=(),
        campaign=None,
        decision_state="",
        published=day,
        first_seen=day,
        last_seen=day,
        gone=False,
    )
