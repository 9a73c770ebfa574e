"""What every engine writes of a document besides its values: the text fields, which are split at white space and no
further, and the document itself."""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeAlias

from indexer.analysis import Plain, forms
from indexer.documents import Document, from_fields, to_fields
from indexer.query.width import MOST_SLOP

WORDS, LEXEMES, TITLE_LEXEMES = "words", "lexemes", "title_lexemes"
_GAP = " ".join(["¶"] * (MOST_SLOP + 1))  # between title and text, so that no phrase reaches from one into the other
_PLAIN = "plain"
_REMEMBERED = 20_000  # more than two batches of `filling`; about 80 MB


Written: TypeAlias = tuple[dict[str, str], bool]
"""The text fields of a document, and whether its texts are `Plain`."""


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


def analysed(title: str, text: str) -> Written:
    """What is written of a document with this title and text."""
    surfaces, title_lexemes, plain_title = forms(title)
    more, lexemes, plain_text = forms(text)
    fields = {
        WORDS: f"{surfaces} {_GAP} {more}",
        LEXEMES: f"{title_lexemes} {lexemes}",
        TITLE_LEXEMES: title_lexemes,
    }
    return fields, plain_title and plain_text


def remember(document: Document, written: Written) -> None:
    """Keeps what is to be written of a document until some thousand others have been: a batch is matched with the
    watches and then written, or analysed ahead of its writing."""
    with _lock:
        while len(_known) >= _REMEMBERED:
            del _known[next(iter(_known))]
        _known[document.title, document.text] = written


def forget() -> None:
    """Forgets every document that was analysed; for measurements."""
    with _lock:
        _known.clear()


def _written(document: Document) -> Written:
    found = _known.get((document.title, document.text))
    if found is None:
        found = analysed(document.title, document.text)
        remember(document, found)
    return found


_known: dict[tuple[str, str], Written] = {}
_lock = Lock()
