"""Weights of the words of eleven languages: a linear model over hashed character 1- to 4-grams of single words.

`nlp/data/languages.npz`, trained by `nlp/training/languages.py`. No n-gram reaches across a blank, so what a word
weighs is worked out once and remembered: the same words return in every advert.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from threading import Lock

import numpy as np
import numpy.typing as npt

from chyrak.errors import AskOperator

LONGEST_NGRAM = 4
LONGEST_WORD = 64
"""Letters of a word that are looked at, and of a stretch without blanks that is remembered."""
MOST_LETTERS = 8000
_REMEMBERED = 60_000

_ADDRESS = re.compile(r"[@/_]|\S\.[a-z]{2}")
_NO_WORD = re.compile(r"[^\w']+|[\d_]+")
_SEEDS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint32)
_PRIME = np.uint32(0x01000193)
_SEED_NUMBERS, _PRIME_NUMBER = _SEEDS.tolist(), int(_PRIME)
_FEW_LETTERS = 60

Floats = npt.NDArray[np.float32]


def words_of(text: str) -> list[str]:
    """The words of a folded text; no addresses, digits or signs."""
    text = text[:MOST_LETTERS]
    if _ADDRESS.search(text):
        text = " ".join(chunk for chunk in text.split() if not _ADDRESS.search(chunk))
    return [word[:LONGEST_WORD] for word in _NO_WORD.sub(" ", text).split()]


def hashed(words: Sequence[str], buckets: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The buckets of the n-grams of each word between blanks, and where each word's begin; words are not empty.

    A blank by itself is no n-gram. `buckets` is a power of two; a lone surrogate is a letter like any other.
    """
    sizes = np.array([len(word) + 1 for word in words])
    letters = f" {' '.join(words)} ".encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(letters, dtype=np.uint32)
    left = np.repeat(np.cumsum(sizes) + 1, sizes) - np.arange(len(codes) - 1)
    rolling = np.zeros(len(codes), dtype=np.uint32)
    found = np.empty((len(codes) - 1, LONGEST_NGRAM), dtype=np.uint32)
    for n in range(min(LONGEST_NGRAM, len(codes))):
        end = len(codes) - n
        rolling = (rolling[:end] ^ codes[n:]) * _PRIME + _SEEDS[n]
        found[:end, n] = rolling[: len(codes) - 1]
    found ^= found >> np.uint32(15)
    inside = left[:, None] > np.arange(LONGEST_NGRAM)
    inside[codes[:-1] == 32, 0] = False
    starts = np.cumsum(inside.sum(axis=1))
    firsts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return (found[inside] & np.uint32(buckets - 1)).astype(np.intp), np.append(0, starts)[firsts]


def hashed_few(words: Sequence[str], buckets: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The same as `hashed`, quicker for a few words: most texts bring one or two that are new."""
    found: list[int] = []
    starts = []
    for word in words:
        starts.append(len(found))
        codes = [32, *map(ord, word), 32]
        for place in range(len(codes) - 1):
            rolling = 0
            for seed, code in zip(_SEED_NUMBERS, codes[place : place + LONGEST_NGRAM], strict=False):
                rolling = ((rolling ^ code) * _PRIME_NUMBER + seed) & 0xFFFFFFFF
                found.append((rolling ^ (rolling >> 15)) & (buckets - 1))
            if not place:
                del found[starts[-1]]
    return np.array(found, dtype=np.intp), np.array(starts, dtype=np.intp)


class LanguageModel:
    """Weights of hashed n-grams: one row a bucket, one column a label, and a bias a label."""

    def __init__(self, labels: Sequence[str], weights: Floats, bias: Floats, scale: float) -> None:
        self.labels = tuple(labels)
        self.weights = weights
        self.bias = bias
        self.scale = scale
        self._memory = _Memory(len(self.labels))
        self._lock = Lock()

    def weigh(self, folded_text: str) -> Floats:
        """What each stretch of letters between blanks weighs, in reading order, shape (stretches, labels + 1).

        The last column is its length in letters, with a blank for each of its words. Stretches without words are left
        out; of a text of more than 8,000 letters the rest is not looked at.
        """
        memory = self._memory
        chunks = folded_text[:MOST_LETTERS].split()
        known = memory.rows
        try:
            rows = [row for chunk in chunks if (row := known[chunk])]
        except KeyError:
            chunks, memory = self._learn(chunks)
            known = memory.rows
            rows = [row for chunk in chunks if (row := known[chunk])]
        weighed: Floats = memory.bank[rows]
        return weighed

    def chances(self, weighed: Floats) -> Floats:
        """Probabilities of the labels, a row for each row of sums of what `weigh` gives."""
        letters = np.maximum(weighed[:, -1:], 1.0)
        value = weighed[:, :-1] * (self.scale / np.sqrt(letters)) + self.bias
        value -= value.max(axis=1, keepdims=True)
        chances: Floats = np.exp(value)
        chances /= chances.sum(axis=1, keepdims=True)
        return chances

    def _learn(self, chunks: list[str]) -> tuple[list[str], _Memory]:
        """Remembers what each chunk weighs, long ones cut into words; the chunks to ask for, and where."""
        if any(len(chunk) > LONGEST_WORD for chunk in chunks):
            chunks = [p for chunk in chunks for p in ((chunk,) if len(chunk) <= LONGEST_WORD else words_of(chunk))]
        with self._lock:
            memory = self._memory
            if memory.used > _REMEMBERED or len(memory.rows) > 2 * _REMEMBERED:
                memory = self._memory = _Memory(len(self.labels))
            missing = [chunk for chunk in dict.fromkeys(chunks) if chunk not in memory.rows]
            new = [(chunk, [chunk] if chunk.isalpha() else words_of(chunk)) for chunk in missing]
            spoken = [(chunk, words) for chunk, words in new if words]
            if spoken:
                every = [word for _, words in spoken for word in words]
                how = hashed_few if sum(map(len, every)) <= _FEW_LETTERS else hashed
                buckets, starts = how(every, len(self.weights))
                firsts = starts[np.cumsum([0, *(len(words) for _, words in spoken[:-1])])]
                lengths = [sum(map(len, words)) + len(words) for _, words in spoken]
                memory.add(np.add.reduceat(self.weights[buckets], firsts, axis=0), lengths)
            row = memory.used - len(spoken)
            for chunk, words in new:
                memory.rows[chunk] = row if words else 0
                row += bool(words)
        return chunks, memory


class _Memory:
    """What was worked out before: the row in `bank` of each chunk, 0 for those without a word."""

    def __init__(self, labels: int) -> None:
        self.rows: dict[str, int] = {}
        self.bank = np.zeros((_REMEMBERED + MOST_LETTERS, labels + 1), np.float32)
        self.used = 1

    def add(self, weights: Floats, lengths: Sequence[int]) -> None:
        bank = self.bank[self.used : self.used + len(lengths)]
        bank[:, :-1], bank[:, -1] = weights, lengths
        self.used += len(lengths)


@lru_cache(maxsize=1)
def language_model() -> LanguageModel:
    """The model file, read once. Raises AskOperator when it is not there or not readable."""
    try:
        with as_file(files("nlp").joinpath("data/languages.npz")) as path, np.load(path, allow_pickle=False) as data:
            return LanguageModel(
                labels=tuple(str(label) for label in data["labels"]),
                weights=data["weights"].astype(np.float32) * data["unit"].astype(np.float32),
                bias=data["bias"].astype(np.float32),
                scale=float(data["scale"]),
            )
    except (OSError, KeyError, ValueError) as fault:
        raise AskOperator(
            f"nlp/data/languages.npz: cannot be read: {fault}. Train it: python -m nlp.training.languages"
        ) from fault
