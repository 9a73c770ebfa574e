"""What the components share to write into a spaCy `Doc`."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc, Span

from chyrak import records


def set_group(doc: Doc, name: str, found: Iterable[tuple[records.Span | None, str]]) -> None:
    """Writes `found` as the span group `name`; spans that share no token with the doc are left out."""
    spans: list[Span] = []
    for place, label in found:
        span = place and doc.char_span(place.start, place.end, label=label, alignment_mode="expand")
        if span:
            spans.append(span)
    doc.spans[name] = spans
