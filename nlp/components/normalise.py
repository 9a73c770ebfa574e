"""The first component: the folded view of a doc's text, which all others read."""

from __future__ import annotations

from chyrak.records import Span
from chyrak.text import Folded


def disguised_words(folded: Folded) -> tuple[Span, ...]:
    """The words that had to be repaired, as spans of the original (meta-indicator M09)."""
    return tuple(Span(start, end, folded.original[start:end]) for start, end in folded.disguised)
