"""The plain folding the index needs: compatibility forms, case, ё, apostrophes, invisible characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_APOSTROPHES = frozenset("ʻʼ‘’`´ʹ′")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2800\ufeff")


@dataclass(frozen=True, slots=True)
class Folded:
    """`offsets[i]` is the place in the original of the folded code point `i`."""

    text: str
    offsets: tuple[int, ...]


def fold(text: str) -> Folded:
    """The text as it is compared."""
    letters: list[str] = []
    offsets: list[int] = []
    for place, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        plain = "'" if char in _APOSTROPHES else unicodedata.normalize("NFKC", char).lower().replace("ё", "е")
        letters.append(plain)
        offsets.extend([place] * len(plain))
    return Folded("".join(letters), tuple(offsets))
