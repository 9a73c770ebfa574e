"""What a text holds but does not say itself: stretches in quotation marks, and what stands in a question.

Whoever warns quotes a lure, whoever doubts asks about it: both hold the same words as the lure and stand in other
marks. A quoted word or two ("hostess") is no quotation: people who offer write such words so themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chyrak.records import Indicator, Span, State
from chyrak.text import Folded

_QUOTED = re.compile(r'"([^"\n]{12,400})"')
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")  # takes every sentence, so that no letter is looked at twice
_LEAST_QUOTED = 4
"""Words from which on a stretch in quotation marks is something said by others."""

Stretches = Sequence[tuple[int, int]]
"""Places in the original, in order."""


def quoted(folded: Folded) -> Stretches:
    """The longer stretches in quotation marks."""
    if '"' not in folded.text:
        return ()
    found = (match.span(1) for match in _QUOTED.finditer(folded.text) if len(match[1].split()) >= _LEAST_QUOTED)
    return [folded.span(*place) for place in found]


def asked(folded: Folded) -> Stretches:
    """The sentences that end in a question mark."""
    if "?" not in folded.text:
        return ()
    return [folded.span(*match.span()) for match in _SENTENCE.finditer(folded.text) if match[0][-1] == "?"]


def share_within(indicators: Iterable[Indicator], stretches: Stretches) -> float:
    """How much of the weight of the indicators that are present was found within `stretches` alone, 0..1."""
    if not stretches:
        return 0.0
    there = [item for item in indicators if item.state is State.PRESENT and item.spans]
    total = sum(item.weight for item in there)
    inside = sum(item.weight for item in there if all(_within(span, stretches) for span in item.spans))
    return inside / total if total else 0.0


def _within(span: Span, stretches: Stretches) -> bool:
    return any(start <= span.start and span.end <= end for start, end in stretches)
