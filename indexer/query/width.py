"""How far apart the words of a loose phrase may stand: each spread is a phrase of its own for the engine."""

from __future__ import annotations

import math
import re

MOST_SPREADS = 300
MOST_SLOP = 10
_WORD = re.compile(r"\w+")


def phrase_width(phrase: str) -> int:
    """How many words the phrase has, counted generously."""
    return len(_WORD.findall(phrase))


def widest_slop(phrase: str) -> int:
    """The largest `~n` whose spreads are at most MOST_SPREADS, and never above MOST_SLOP."""
    gaps = max(phrase_width(phrase) - 1, 0)
    slop = 0
    while slop < MOST_SLOP and math.comb(slop + 1 + gaps, gaps) <= MOST_SPREADS:
        slop += 1
    return slop
