"""Names, templates and the strict mapping of the index, and how a document is written to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from indexer import analysis
from indexer.documents import Document, keywords, numbers, pack
from indexer.ordering import keys
from indexer.written import LEXEMES, TITLE_LEXEMES, WORDS, from_payload, payload, texts

_WHOLE = ("level", "published", "by_date", "by_level", "by_score")
_DECIMAL = ("score", "pay")
_LONGEST_KEYWORD = 8_000  # bytes; Lucene refuses longer ones


@lru_cache(maxsize=1)
def mapping() -> Mapping[str, Any]:
    """The strict mapping. `payload` is the document itself, kept and not looked at."""
    fields: dict[str, Any] = {
        "id": {"type": "keyword"},
        "payload": {"type": "object", "enabled": False},
        WORDS: {"type": "text", "analyzer": "whitespace"},
        LEXEMES: {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        TITLE_LEXEMES: {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
    }
    fields |= {name: {"type": "keyword"} for name in keywords(_example())}
    fields |= {name: {"type": "long"} for name in _WHOLE}
    fields |= {name: {"type": "double"} for name in _DECIMAL}
    # What is made from the payload need not be kept: an index is filled from the store, never from itself.
    return {
        "dynamic": "strict",
        "_source": {"excludes": [name for name in fields if name != "payload"]},
        "properties": fields,
    }


SETTINGS: Mapping[str, Any] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "1s",
    "gc_deletes": "1h",  # so long a deleted advert is remembered, against a slow writer who would bring it back
}


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Changes when documents of an older index would be found differently."""
    parts = [mapping(), SETTINGS, analysis.VERSION, sorted(payload(_example()))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def to_source(document: Document) -> bytes:
    """The document as the server takes it, as JSON. Raises ValueError for what it cannot hold."""
    exact = keywords(document)
    for name, values in exact.items():
        if any(len(value.encode()) > _LONGEST_KEYWORD for value in values):
            raise ValueError(f"{name}: a value is longer than {_LONGEST_KEYWORD} bytes")
    source = {"id": document.id, "payload": payload(document), **texts(document), **exact, **keys(document)}
    source.update((name, number) for name, number in numbers(document).items() if number is not None)
    return pack(source)


def from_hit(hit: Mapping[str, Any]) -> Document:
    """The document that `to_source` was given."""
    return from_payload(dict(hit["_source"]["payload"]))


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
