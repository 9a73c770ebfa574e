"""A text as hashed character n-grams of its sound skeleton, in numpy: what the trained model looks at.

The skeleton writes every language and script in one plain Latin alphabet (nlp.lexicon.letters), so that Uzbek in
both scripts, lazy keyboards, Russian typed in Latin and cognates of the Turkic languages share their n-grams.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chyrak.text import Folded
from nlp.lexicon.letters import skeleton

SHORTEST, LONGEST = 3, 6
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+|\n+|[^\w\s]")
_ENDS = frozenset(".!?;,\n")
_LONGEST_TEXT = 6000
_SHORTEST_PASSAGE = 12
_LEAST = LONGEST
"""A passage is at least as long as the longest n-gram, so that each has one of every length."""
_MULTIPLIER = np.uint32(0x01000193)


@dataclass(frozen=True)
class Grams:
    """`buckets[n]` holds the n-grams of one length in reading order, `firsts[n]` where each passage begins in it.

    `places[i]` is where passage `i` stands in the folded text. Passages are clauses: stretches between stops, commas
    and line ends.
    """

    buckets: tuple[NDArray[np.int64], ...]
    firsts: tuple[NDArray[np.int64], ...]
    places: tuple[tuple[int, int], ...]


def grams(folded: Folded, size: int) -> Grams:
    """The n-grams of a text, hashed into `size` buckets (a power of two); no n-gram reaches across passages."""
    found = passages(folded.lazy)
    if not found:
        return Grams((), (), ())
    text = " ".join([f" {sound} " for sound, _, _ in found])
    codes = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype=np.uint32)
    lengths = np.array([len(sound) + 2 for sound, _, _ in found])
    starts = np.concatenate(([0], np.cumsum(lengths[:-1] + 1)))
    left = np.repeat(starts + lengths, lengths + 1)[: len(codes)] - np.arange(len(codes))
    buckets, firsts = [], []
    running = np.full(len(codes), 0x811C9DC5, dtype=np.uint32)
    for length in range(1, LONGEST + 1):
        running = (running[: len(codes) - length + 1] ^ codes[length - 1 :]) * _MULTIPLIER
        if length >= SHORTEST:
            inside = left[: len(running)] >= length
            mixed = running[inside]
            buckets.append(((mixed ^ (mixed >> np.uint32(15))) & np.uint32(size - 1)).astype(np.int64))
            firsts.append(np.concatenate(([0], np.cumsum(np.maximum(0, lengths - length + 1))[:-1])))
    return Grams(tuple(buckets), tuple(firsts), tuple((start, end) for _, start, end in found))


def passages(lazy_text: str) -> list[tuple[str, int, int]]:
    """The sound of every clause with its place in the text: skeleton words, digits as 0, one blank between."""
    found: list[tuple[str, int, int]] = []
    pieces: list[str] = []
    start = last = length = 0
    for match in _PIECE.finditer(lazy_text, 0, _LONGEST_TEXT):
        piece = match[0]
        if piece[0] in _ENDS:
            if length >= _SHORTEST_PASSAGE:
                found.append((" ".join(pieces), start, last))
                pieces, length = [], 0
            continue
        if not pieces:
            start = match.start()
        last = match.end()
        if piece[0].isdigit():
            piece = "0" * len(piece)
        elif piece[0].isalpha():
            piece = skeleton(piece)
        pieces.append(piece)
        length += len(piece)
    if length >= _LEAST or (pieces and not found):
        found.append((" ".join(pieces).ljust(_LEAST), start, last))
    return found
