"""A text as hashed n-grams of letters and words of its sound skeleton, in numpy: what the trained model looks at.

The skeleton writes every language and script in one plain Latin alphabet (nlp.lexicon.letters), so that Uzbek in
both scripts, lazy keyboards, Russian typed in Latin and cognates of the Turkic languages share their n-grams.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray

from chyrak.text import Folded, fold, lazy
from nlp.components.places import towns_of_origin
from nlp.lexicon.letters import skeleton

SHORTEST, LONGEST = 3, 6
_LENGTHS = np.arange(SHORTEST, LONGEST + 1)[:, None]
_CLAUSE = re.compile(r"[^.!?;,\n]+")
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+|[^\w\s]")
_REMEMBERED = 100_000
_LONGEST_TEXT = 6000
_SHORTEST_PASSAGE = 12
_LEAST = LONGEST
"""A passage is at least as long as the longest n-gram, so that each has one of every length."""
_ORIGIN = re.compile(
    "[kg][iy]rg[iy]z|kirghiz|uzbe|ozbe|gaza[gh]|ta(?:dzh|zh)i[kg]|to(?:dzh|zh|ch)ik|kaza[hk]|kozok|kazok|turkmen"
)
"""Peoples and countries of origin sound alike to the model, so that it learns nothing of any of them (ETH-22)."""
_SHORTEST_NAME, _SHORTEST_TOWN, _LONGEST_ENDING = 4, 5, 4
_NO_TOWNS = frozenset({"balikchi", "buhar", "duishombu"})
"""Sounds of towns that are other words, or begin them: fishers, Bucharest, Monday."""
_MULTIPLIER = np.uint32(0x01000193)
_POWERS = np.cumprod(np.full(64, 0x9E3779B1, np.uint32), dtype=np.uint32)
_OF_WORDS = 3
"""Kinds of n-grams of words: alone, with the next, with the one after it."""


@dataclass(frozen=True)
class Grams:
    """The n-grams of several texts. `all` holds those of every kind, each in reading order: of letters, the shortest
    first, then words, pairs of words, pairs with one word between. `starts[n, i]` is where those of the n-th kind
    begin in passage `i`, which may have none.

    `places[i]` is where passage `i` stands in its folded text, and the passages of text `t` are those from `firsts[t]`
    to before `firsts[t + 1]`. Passages are clauses: stretches between stops, commas and line ends.
    """

    all: NDArray[np.int32]
    starts: NDArray[np.int32]
    places: tuple[tuple[int, int], ...]
    firsts: NDArray[np.intp]

    def of_passage(self, passage: int) -> NDArray[np.int32]:
        """The n-grams of one passage, the shortest first."""
        nexts = np.append(self.starts.ravel(), len(self.all))
        columns = self.starts.shape[1]
        at = [row * columns + passage for row in range(len(self.starts))]
        return np.concatenate([self.all[nexts[place] : nexts[place + 1]] for place in at])


def grams(views: Sequence[Folded], size: int) -> Grams:
    """The n-grams of texts, hashed into `size` buckets (a power of two); no n-gram reaches across passages.

    Those of letters lie in the first half of the buckets, words and their pairs in the second.
    Many texts at once take little longer than a few: most of the time goes into calls.
    """
    found = [passages(view.lazy) for view in views]
    firsts = np.cumsum([0, *map(len, found)])
    every = [passage for one in found for passage in one]
    if not every:
        return Grams(np.zeros(0, np.int32), np.zeros((len(_LENGTHS) + _OF_WORDS, 0), np.int32), (), firsts)
    sounds = [sound for sound, _, _ in every]
    codes = np.frombuffer(f" {'   '.join(sounds)} ".encode("utf-32-le", errors="surrogatepass"), dtype=np.uint32)
    lengths = np.array([len(sound) + 2 for sound in sounds])
    ends = np.cumsum(lengths + 1) - 1
    left = np.repeat(ends, lengths + 1)[: len(codes)] - np.arange(len(codes))
    hashes = np.empty((len(_LENGTHS), len(codes)), dtype=np.uint32)
    running = np.full(len(codes), 0x811C9DC5, dtype=np.uint32)
    for length in range(1, LONGEST + 1):
        running = (running[: len(codes) - length + 1] ^ codes[length - 1 :]) * _MULTIPLIER
        if length >= SHORTEST:
            hashes[length - SHORTEST, : len(running)] = running
    mixed = hashes[left >= _LENGTHS]
    letters = (mixed ^ (mixed >> np.uint32(15))) & np.uint32(size // 2 - 1)
    words, of_words = _words(codes, ends, size // 2)
    counts = np.vstack((lengths - _LENGTHS + 1, of_words))
    starts = (np.cumsum(counts, dtype=np.int32) - counts.ravel()).reshape(counts.shape).astype(np.int32)
    buckets = np.concatenate((letters, words)).astype(np.int32)
    return Grams(buckets, starts, tuple([(start, end) for _, start, end in every]), firsts)


def _words(
    codes: NDArray[np.uint32], ends: NDArray[np.intp], first: int
) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Words, pairs of words and pairs with one between, hashed into the buckets from `first` to before twice that; and
    how many of each kind every passage has.

    The letters of all passages stand in `codes`, blanks between words and passages; passage `i` ends before `ends[i]`.
    """
    blank = codes == ord(" ")
    begins = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1
    if not len(begins):
        return np.zeros(0, np.uint32), np.zeros((_OF_WORDS, len(ends)), np.intp)
    start = begins[0]  # what stands before it is blank
    places = np.arange(start, len(codes)) - np.repeat(begins, np.diff(begins, append=len(codes)))
    worth = codes[start:] * _POWERS[np.minimum(places, len(_POWERS) - 1)]
    words = _mixed(np.add.reduceat(np.where(blank[start:], np.uint32(0), worth), begins - start))
    owners = np.searchsorted(ends, begins, side="right")
    kinds, counts = [words], [np.bincount(owners, minlength=len(ends))]
    for apart in range(1, _OF_WORDS):
        within = owners[:-apart] == owners[apart:]
        kinds.append(_mixed((words[:-apart] * _POWERS[apart] + words[apart:])[within]))
        counts.append(np.bincount(owners[apart:][within], minlength=len(ends)))
    return np.concatenate(kinds) % np.uint32(first) + np.uint32(first), np.vstack(counts)


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    spread = (hashes ^ (hashes >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    mixed: NDArray[np.uint32] = spread ^ (spread >> np.uint32(13))
    return mixed


def passages(lazy_text: str) -> list[tuple[str, int, int]]:
    """The sound of every clause with its place in the text: skeleton words, digits as 0, one blank between.

    A clause shorter than `_SHORTEST_PASSAGE` letters goes on in the next. One that sounds like an earlier one is left
    out: what is said twice says no more, and nobody can drown a line by repeating another.
    """
    found: dict[str, tuple[int, int]] = {}
    sounds: list[str] = []
    start = last = letters = 0
    limit = min(len(lazy_text), _LONGEST_TEXT)
    for clause in _CLAUSE.finditer(lazy_text, 0, limit):
        written = clause[0]
        pieces = _PIECE.findall(written)
        if not pieces:
            continue
        begins, ends = clause.span()
        if not sounds:
            start = begins + written.find(pieces[0])
        last = begins + written.rfind(pieces[-1]) + len(pieces[-1])
        new = list(map(_SOUNDS.__getitem__, pieces))
        sounds += new
        letters += len("".join(new))
        if ends < limit and letters >= _SHORTEST_PASSAGE:
            found.setdefault(" ".join(sounds), (start, last))
            sounds, letters = [], 0
    if letters >= _LEAST or (sounds and not found):
        found.setdefault(" ".join(sounds).ljust(_LEAST), (start, last))
    return [(sound, *place) for sound, place in found.items()]


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """How the first names of `nlp/data/names.yaml` sound: those that take endings, and those that do not."""
    listed = yaml.safe_load(files("nlp").joinpath("data/names.yaml").read_text(encoding="utf-8"))
    sounds = {key: frozenset(skeleton(fold(name).text) for name in names) for key, names in listed.items()}
    return sounds["men"] | sounds["women"], sounds["whole"]


@cache
def _towns() -> frozenset[str]:
    """How most towns of the states of origin sound: none that is another word too (Ош, Талас), none with a hyphen."""
    sounds = (skeleton(lazy(stem)) for stem in towns_of_origin() if stem.isalpha())
    return frozenset(sound for sound in sounds if len(sound) >= _SHORTEST_TOWN) - _NO_TOWNS


def _is_name(sound: str) -> bool:
    """Whether a word is a first name, perhaps with an ending (ETH-22)."""
    names, whole = _names()
    return sound in whole or _begins_with(sound, names, _SHORTEST_NAME)


def _begins_with(sound: str, words: frozenset[str], shortest: int) -> bool:
    """Whether a sound is one of `words` and perhaps an ending."""
    return any(sound[:length] in words for length in range(max(shortest, len(sound) - _LONGEST_ENDING), len(sound) + 1))


class _Sounds(dict[str, str]):
    """Pieces of a text with how they sound, worked out when first met; forgotten when they become too many."""

    def __missing__(self, piece: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        sound = "0" * len(piece) if piece[0].isdigit() else skeleton(piece) if piece[0].isalpha() else piece
        if _begins_with(sound, _towns(), _SHORTEST_TOWN):
            sound = "town"
        elif _ORIGIN.match(sound):
            sound = "origin"
        elif _is_name(sound):
            sound = "name"
        self[piece] = sound
        return sound


_SOUNDS = _Sounds()
