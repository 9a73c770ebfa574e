"""Which adverts are copies of one text: a fingerprint to find candidates by, a likeness to judge them, and slots.

MinHash of character 5-grams over the folded text with numbers masked, so that a repost with another phone, city or sum
stays close, in any script. Adverts too short to have a shape of their own are never found alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from datasketch import MinHash

from chyrak.text import fold

PERMUTATIONS = 128
BANDS = 32
SEED = 7
GRAM = 5
SHORTEST = 40
"""Characters below which a folded text has no fingerprint: two greetings are no campaign."""

_VERSION = b"1"
_NUMBERS = re.compile(r"\d[\d\s().,:/-]*")
_SPACE = re.compile(r"\W+")
_WORD = re.compile(r"\S+")
_ROWS = PERMUTATIONS // BANDS


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`signature` is a version byte and 128 little-endian uint32; `bands` are 32 keys, alike texts share at least one.

    Both are empty for a text that is too short to be judged.
    """

    signature: bytes
    bands: tuple[str, ...]


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a body; stable over versions of Chyrak that write the same version byte."""
    plain = _SPACE.sub(" ", _NUMBERS.sub("0", fold(text).text)).strip()
    if len(plain) < SHORTEST:
        return Fingerprint(b"", ())
    minhash = MinHash(num_perm=PERMUTATIONS, seed=SEED)
    grams = {plain[start : start + GRAM] for start in range(len(plain) - GRAM + 1)}
    minhash.update_batch([gram.encode("utf-8", "surrogatepass") for gram in grams])
    values = np.asarray(minhash.hashvalues, dtype="<u4")
    bands = tuple(
        hashlib.blake2b(
            values[band * _ROWS : (band + 1) * _ROWS].tobytes(), digest_size=12, salt=bytes([band])
        ).hexdigest()
        for band in range(BANDS)
    )
    return Fingerprint(_VERSION + values.tobytes(), bands)


def similarity(one: bytes, other: bytes) -> float:
    """Estimated share of common 5-grams (Jaccard), 0..1; 0 when either is empty or of another version."""
    if not one or not other or one[:1] != other[:1]:
        return 0.0
    mine = np.frombuffer(one, dtype="<u4", offset=1)
    theirs = np.frombuffer(other, dtype="<u4", offset=1)
    return float(np.mean(mine == theirs))


def slots(texts: Sequence[str]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The common template of copies, each varying place written `…`, and the values of each place, text by text.

    The first text leads; a place that some text leaves empty has an empty value there.
    """
    if not texts:
        return "", ()
    lead = _WORD.findall(texts[0])
    fixed = [True] * len(lead)
    aligned = []
    for text in texts:
        words = _WORD.findall(text)
        pairs = {
            block.a + step: block.b + step
            for block in SequenceMatcher(None, lead, words, autojunk=False).get_matching_blocks()
            for step in range(block.size)
        }
        aligned.append((words, pairs))
        fixed = [keep and place in pairs for place, keep in enumerate(fixed)]
    anchors = [place for place, keep in enumerate(fixed) if keep]
    template: list[str] = []
    columns: list[tuple[str, ...]] = []
    for before, after in zip([-1, *anchors], [*anchors, len(lead)], strict=True):
        values = tuple(
            " ".join(words[_after(pairs, before) : pairs.get(after, len(words))]) for words, pairs in aligned
        )
        if any(values):
            template.append("…")
            columns.append(values)
        if after < len(lead):
            template.append(lead[after])
    return " ".join(template), tuple(columns)


def _after(pairs: dict[int, int], place: int) -> int:
    return pairs[place] + 1 if place >= 0 else 0
