"""Which languages a text is written in: a set, since one advert mixes them, by windows of six words.

A linear model over hashed character 1- to 4-grams (`nlp/data/languages.npz`, trained by `nlp/training/languages.py`):
all n-grams of the text are hashed and weighed at once, windows are differences of running sums.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc

from chyrak.errors import AskOperator
from chyrak.text import Folded, fold

OURS = ("ru", "ky", "kk", "uz", "tg", "tk", "en")
"""Languages that are reported by name; the model's further labels are reported as `other`."""
OTHER = "other"
LONGEST_NGRAM = 4
WINDOW_WORDS, STRIDE_WORDS = 6, 3
_LEAST_LETTERS = 15
_MOST_LETTERS = 4000
_SURE_WINDOW = 0.8
_LEAST_SHARE = 0.12

_ADDRESS = re.compile(r"\S*[@/_]\S*|\S+\.[a-z]{2,}\S*")
_NO_WORD = re.compile(r"[^\w' ]+|[\d_]+| {2,}")
_DECISIVE = {"uz": "ў", "kk": "әұ", "tg": "ҷӣӯ", "tk": "ýň"}
_SEEDS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint32)
_PRIME = np.uint32(0x01000193)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LanguageModel:
    """Weights of hashed n-grams: one row a bucket, one column a label, and a bias a label."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    scale: float

    def scores(self, letters: str) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Running sums of the weights of the n-grams that begin at each letter, shape (letters + 1, labels), and the
        places where words begin.
        """
        codes = code_points(letters)
        total: Floats = np.zeros((len(codes), len(self.labels)), dtype=np.float32)
        for buckets in hashed(codes, len(self.weights)):
            total[: len(buckets)] += self.weights[buckets]
        sums = np.zeros((len(codes) + 1, len(self.labels)), dtype=np.float32)
        np.cumsum(total, axis=0, out=sums[1:])
        return sums, np.flatnonzero(codes[:-1] == 32) + 1

    def chances(self, sums: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
        """Probabilities of the labels for stretches with these sums of weights and lengths in letters."""
        value = sums * (self.scale / np.sqrt(np.maximum(lengths, 1)))[:, None] + self.bias
        value -= value.max(axis=1, keepdims=True)
        chances: Floats = np.exp(value)
        chances /= chances.sum(axis=1, keepdims=True)
        return chances


def find_languages(folded: Folded) -> tuple[str, ...]:
    """The languages of the text, the most used first: codes of `OURS`, `other`, or nothing when it cannot be told.

    Texts of fewer than 15 letters are told by decisive letters only.
    """
    letters = words_only(folded.text)
    if len(letters) - letters.count(" ") < _LEAST_LETTERS:
        return tuple(code for code, signs in _DECISIVE.items() if any(sign in letters for sign in signs))[:1]
    model = language_model()
    sums, starts = model.scores(letters)
    first, last = _windows(starts, len(letters))
    chances = model.chances(sums[last] - sums[first], last - first)
    whole = model.chances(sums[-1:] - sums[:1], np.array([len(letters)]))[0]
    return _chosen(model.labels, chances, last - first, whole)


def identify(text: str) -> tuple[str, float]:
    """The one most likely label of a text and its probability; decoys by their own name."""
    letters = words_only(fold(text).text)
    model = language_model()
    sums, _ = model.scores(letters)
    chances = model.chances(sums[-1:], np.array([len(letters)]))[0]
    best = int(chances.argmax())
    return model.labels[best], float(chances[best])


def words_only(text: str) -> str:
    """The words of a folded text, with one space before, between and after them; no addresses, digits or signs."""
    if "@" in text or "/" in text or "." in text:
        text = _ADDRESS.sub(" ", text)
    words = _NO_WORD.sub(" ", text[: _MOST_LETTERS * 2]).split()
    return f" {' '.join(words)} "[:_MOST_LETTERS]


def code_points(letters: str) -> npt.NDArray[np.uint32]:
    """The text's code points as numbers; a lone surrogate is one like any other."""
    return np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def hashed(codes: npt.NDArray[np.uint32], buckets: int) -> list[npt.NDArray[np.uint32]]:
    """For each n from 1 to 4 the bucket of the n-gram that begins at each letter; `buckets` is a power of two."""
    mask = np.uint32(buckets - 1)
    rolling = np.zeros(len(codes), dtype=np.uint32)
    found = []
    for n in range(min(LONGEST_NGRAM, len(codes))):
        end = len(codes) - n
        rolling = (rolling[:end] ^ codes[n:]) * _PRIME + _SEEDS[n]
        found.append((rolling ^ (rolling >> np.uint32(15))) & mask)
    return found


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


@Language.factory("chyrak_languages", assigns=["doc._.languages"])
def make_languages(nlp: Language, name: str) -> LanguagesComponent:
    """spaCy factory: sets `doc._.languages`."""
    return LanguagesComponent()


class LanguagesComponent:
    """Finds the languages of `doc._.folded`."""

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with its languages."""
        doc._.languages = find_languages(doc._.folded or fold(doc.text))
        return doc


if not Doc.has_extension("languages"):
    Doc.set_extension("languages", default=())


def _windows(starts: npt.NDArray[np.int64], length: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First and last place of every window of six words, three words apart; the last window reaches the end."""
    count = len(starts)
    first = np.arange(0, max(1, count - WINDOW_WORDS + STRIDE_WORDS), STRIDE_WORDS)
    last = np.minimum(first + WINDOW_WORDS, count)
    places = np.append(starts, length)
    return places[first] - 1, places[last]


def _chosen(labels: Sequence[str], chances: Floats, lengths: npt.NDArray[np.int64], whole: Floats) -> tuple[str, ...]:
    """The text's own label, and every other whose sure windows make up a fair part of the text."""
    best = chances.argmax(axis=1)
    sure = chances.max(axis=1) >= _SURE_WINDOW
    weight = lengths / lengths.sum()
    shares = {int(label): float(weight[(best == label) & sure].sum()) for label in set(best[sure].tolist())}
    main = int(whole.argmax())
    shares[main] = shares.get(main, 0.0) + 0.5
    found: dict[str, float] = {}
    for label, share in sorted(shares.items(), key=lambda item: -item[1]):
        if share >= _LEAST_SHARE:
            name = labels[label] if labels[label] in OURS else OTHER
            found[name] = max(found.get(name, 0.0), share)
    return tuple(sorted(found, key=lambda name: -found[name]))
