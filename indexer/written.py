"""The text fields of a document, the same in every engine; an engine splits them at white space and no further."""

from __future__ import annotations

from functools import lru_cache

from indexer.analysis import forms
from indexer.documents import Document
from indexer.query.width import MOST_SLOP

WORDS, LEXEMES, TITLE_LEXEMES = "words", "lexemes", "title_lexemes"
_GAP = ["¶"] * (MOST_SLOP + 1)  # stands between title and text, so that no phrase reaches from one into the other


@lru_cache(maxsize=1024)
def texts(document: Document) -> dict[str, str]:
    """What is written to each text field. Remembered, since a batch is matched with the watches and then written."""
    surfaces, title = forms(document.title)
    more, text = forms(document.text)
    return {
        WORDS: " ".join([*surfaces, *_GAP, *more]),
        LEXEMES: " ".join([*title, *text]),
        TITLE_LEXEMES: " ".join(title),
    }
