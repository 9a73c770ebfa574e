"""Cuts an advert's text into pieces that a template can print: marked evidence, masked contacts, plain text."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chyrak.records import Reading, State
from review.masking import Mask


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch that is evidence for `id`; `kind` is present, denied or protective."""

    start: int
    end: int
    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with the same marks all along. `opens` are the marks that begin here, for the small labels."""

    text: str
    marks: tuple[Mark, ...] = ()
    opens: tuple[Mark, ...] = ()
    masked: bool = False


def marks_of(reading: Reading) -> list[Mark]:
    """Every span of the reading that stands in the text; a NOT_STATED indicator has none."""
    found = [
        Mark(span.start, span.end, indicator.id, indicator.state.value)
        for indicator in reading.indicators
        if indicator.state is not State.NOT_STATED
        for span in indicator.spans
    ]
    found += [Mark(s.start, s.end, cue.id, "protective") for cue in reading.protective for s in cue.spans]
    return sorted(found, key=lambda mark: (mark.start, mark.end, mark.id))


def cut(body: str, start: int, end: int, marks: Iterable[Mark], masks: Sequence[Mask]) -> list[Piece]:
    """`body[start:end]` in pieces. A mask is one piece whatever marks cross it; its text is what is shown."""
    inside = [m for m in marks if m.start < end and m.end > start and m.start < m.end]
    hidden = [m for m in masks if m.start < end and m.end > start]
    edges = {start, end}
    for mark in inside:
        edges |= {max(mark.start, start), min(mark.end, end)}
    for one in hidden:
        edges -= {edge for edge in edges if one.start < edge < one.end and edge not in (start, end)}
        edges |= {max(one.start, start), min(one.end, end)}
    cuts = sorted(edges)
    pieces = []
    labelled: set[tuple[int, int, str]] = set()
    for left, right in itertools.pairwise(cuts):
        over = tuple(m for m in inside if m.start < right and m.end > left)
        opens = tuple(m for m in over if (m.start, m.end, m.id) not in labelled)
        labelled |= {(m.start, m.end, m.id) for m in opens}
        shown = next((m.shown for m in hidden if m.start <= left and right <= m.end), None)
        pieces.append(Piece(body[left:right] if shown is None else shown, over, opens, shown is not None))
    return pieces
