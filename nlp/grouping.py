"""Which adverts are copies of one another, and what varies between the copies (meta-indicator M01).

Fingerprints are MinHash signatures over character 5-grams of the folded text, with numbers and contacts masked, so
that a copy with another phone or another sum is still a copy. Bands let a store find candidates by equality.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

from chyrak.text import fold
from nlp.components.contacts import find_contacts

VERSION = 1
"""Part of every signature; signatures of different versions are never alike."""
SAME = 0.7
"""Estimated similarity from which two adverts are copies (measured on real copies and on shared boilerplate)."""
_PERMUTATIONS = 128
_BANDS, _ROWS = 32, 4
_SHINGLE = 5
_SHORTEST = 60
_TOO_SHORT = 0
_LONGEST = 8000
_MOST_TEXTS = 40
_MASK = re.compile(r"(?:https?://|www\.|t\.me/|wa\.me/)\S+|\S+@\S+|@\w+|\+?\d(?:[\d ()\-.,]*\d)?")
_LETTERS = re.compile(r"[^\W\d_]+|0")
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`signature` is a version byte and 128 big-endian 32-bit hashes.

    For a text too short to tell from its kin there are no bands and the version byte is 0: it is alike to nothing.
    """

    signature: bytes
    bands: tuple[str, ...]


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of an advert's body; any string, linear in its length up to 8,000 characters."""
    from datasketch import MinHash  # with much of scipy: a clock with no advert to group starts without it

    plain = " ".join(_LETTERS.findall(_MASK.sub(" 0 ", fold(text[:_LONGEST]).lazy)))
    letters = len(plain.replace(" ", "").replace("0", ""))
    shingles = {plain[start : start + _SHINGLE].encode() for start in range(max(1, len(plain) - _SHINGLE + 1))}
    found = MinHash(num_perm=_PERMUTATIONS, seed=1)
    found.update_batch(sorted(shingles))
    values = np.asarray(found.hashvalues, dtype=np.uint64).astype(">u4")
    if letters < _SHORTEST:
        return Fingerprint(bytes([_TOO_SHORT]) + values.tobytes(), ())
    bands = tuple(
        f"{number:02d}{values[number * _ROWS : (number + 1) * _ROWS].tobytes().hex()}" for number in range(_BANDS)
    )
    return Fingerprint(bytes([VERSION]) + values.tobytes(), bands)


def similarity(a: Fingerprint | bytes, b: Fingerprint | bytes) -> float:
    """Estimated share of 5-grams in common, 0..1, of two fingerprints or their signatures.

    0 for signatures of different versions and for texts too short to tell.
    """
    left, right = (print_.signature if isinstance(print_, Fingerprint) else print_ for print_ in (a, b))
    if left[:1] != right[:1] or len(left) != len(right) or left[:1] == bytes([_TOO_SHORT]):
        return 0.0
    return float(np.mean(np.frombuffer(left, ">u4", offset=1) == np.frombuffer(right, ">u4", offset=1)))


def same(a: Fingerprint | bytes, b: Fingerprint | bytes) -> bool:
    """Whether two adverts are copies of one text."""
    return similarity(a, b) >= SAME


def slots(texts: Sequence[str]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The words all `texts` share, in order, and what stands in each place where they differ.

    In the template a place is written {1}, {2}, ...; a slot holds one value a text, in the order given, and an empty
    string where a text has nothing there. Contacts are masked in both. At most 40 texts are compared.
    """
    masked = [_tokens(_without_contacts(text)) for text in texts[:_MOST_TEXTS]]
    if not masked:
        return "", ()
    base = masked[0]
    places = [_aligned(base, other) for other in masked]
    anchors = [word for word in range(len(base)) if all(word in place for place in places)]
    template: list[str] = []
    found: list[tuple[str, ...]] = []
    for left, right in pairwise([-1, *anchors, len(base)]):
        values = tuple(
            " ".join(other[_after(place, left) : _before(place, right, len(other))])
            for place, other in zip(places, masked, strict=True)
        )
        if any(values):
            found.append(values)
            template.append(f"{{{len(found)}}}")
        if right < len(base):
            template.append(base[right])
    return " ".join(template), tuple(found)


def _after(place: dict[int, int], anchor: int) -> int:
    return place[anchor] + 1 if anchor >= 0 else 0


def _before(place: dict[int, int], anchor: int, end: int) -> int:
    return place.get(anchor, end)


def _aligned(base: list[str], other: list[str]) -> dict[int, int]:
    """Word of `base` to the same word of `other`, both rising."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return {block.a + step: block.b + step for block in matcher.get_matching_blocks() for step in range(block.size)}


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text[:_LONGEST])


def _without_contacts(text: str) -> str:
    pieces, start = [], 0
    for contact in find_contacts(fold(text)):
        if contact.span and contact.span.start >= start:
            pieces += [text[start : contact.span.start], contact.masked]
            start = contact.span.end
    return "".join([*pieces, text[start:]])
