"""A text as hashed character n-grams of its sound skeleton, in numpy: what the trained model looks at.

The skeleton writes every language and script in one plain Latin alphabet (nlp.lexicon.letters), so that Uzbek in
both scripts, lazy keyboards, Russian typed in Latin and cognates of the Turkic languages share their n-grams.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon.letters import skeleton

SHORTEST, LONGEST = 2, 6
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+|[^\w\s]")
_LONGEST_TEXT = 6000
_MULTIPLIER = np.uint32(0x01000193)


def sound(lazy_text: str) -> str:
    """The text as the model reads it: skeleton words, digits as 0, one blank between pieces."""
    pieces = []
    for piece in _PIECE.findall(lazy_text[:_LONGEST_TEXT]):
        if piece[0].isdigit():
            pieces.append("0" * len(piece))
        elif piece[0].isalpha():
            pieces.append(skeleton(piece))
        else:
            pieces.append(piece)
    return " ".join(pieces)


def hashed(text: str, size: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets (sorted, distinct, below `size`, a power of two) and 1 + log of how often each n-gram is there."""
    codes = np.frombuffer(f" {text} ".encode("utf-32-le"), dtype=np.uint32)
    parts = []
    running = np.full(len(codes), 0x811C9DC5, dtype=np.uint32)
    for length in range(1, LONGEST + 1):
        if length > len(codes):
            break
        running = (running[: len(codes) - length + 1] ^ codes[length - 1 :]) * _MULTIPLIER
        if length >= SHORTEST:
            parts.append(running ^ (running >> np.uint32(15)))
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    buckets = np.sort(np.concatenate(parts) & np.uint32(size - 1))
    first = np.flatnonzero(np.concatenate(([True], buckets[1:] != buckets[:-1])))
    counts = np.diff(np.append(first, len(buckets)))
    return buckets[first].astype(np.int64), (1.0 + np.log(counts)).astype(np.float32)
