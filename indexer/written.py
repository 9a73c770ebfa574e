"""What every engine writes of a document besides its values: the text fields, which are split at white space and no
further, and the document itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from indexer.analysis import Plain, forms
from indexer.documents import Document, from_fields, to_fields
from indexer.query.width import MOST_SLOP

WORDS, LEXEMES, TITLE_LEXEMES = "words", "lexemes", "title_lexemes"
_GAP = " ".join(["¶"] * (MOST_SLOP + 1))  # between title and text, so that no phrase reaches from one into the other
_PLAIN = "plain"
_REMEMBERED = 10_000  # two batches of `filling`; about 40 MB


def texts(document: Document) -> dict[str, str]:
    """What is written to each text field."""
    return _written(document)[0]


def payload(document: Document) -> dict[str, Any]:
    """The document as it is kept beside those fields, with a note whether its texts are `Plain`."""
    return {**to_fields(document), _PLAIN: _written(document)[1]}


def from_payload(kept: dict[str, Any]) -> Document:
    """The document that `payload` gave `kept` for; `kept` is used up."""
    if kept.pop(_PLAIN):
        kept["title"], kept["text"] = Plain(kept["title"]), Plain(kept["text"])
    return from_fields(kept)


@lru_cache(maxsize=_REMEMBERED)
def _written(document: Document) -> tuple[dict[str, str], bool]:
    """Remembered, since a batch is matched with the watches and then written, or analysed ahead of its writing."""
    surfaces, title, plain_title = forms(document.title)
    more, text, plain_text = forms(document.text)
    fields = {
        WORDS: f"{surfaces} {_GAP} {more}",
        LEXEMES: f"{title} {text}",
        TITLE_LEXEMES: title,
    }
    return fields, plain_title and plain_text
