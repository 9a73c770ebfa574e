"""Which languages a text is written in: a set, since one advert mixes them, by windows of six words.

The model (`language_model`) weighs every word by itself; windows and the whole text are differences of running sums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from chyrak.text import Folded, fold
from nlp.components.language_model import Floats, language_model, words_of

OURS = ("ru", "ky", "kk", "uz", "tg", "tk", "en")
"""Languages that are reported by name; the model's further labels are reported as `other`."""
OTHER = "other"
WINDOW_WORDS, STRIDE_WORDS = 6, 3
_LEAST_LETTERS = 15
_SURE_WINDOW = 0.8
_LEAST_SHARE = 0.12
_DECISIVE = {"uz": "ў", "kk": "әұ", "tg": "ҷӣӯ", "tk": "ýň"}


def find_languages(folded: Folded) -> tuple[str, ...]:
    """The languages of the text, the most used first: codes of `OURS`, `other`, or nothing when it cannot be told.

    Texts of fewer than 15 letters are told by decisive letters only.
    """
    return languages_of([folded])[0]


def languages_of(views: Sequence[Folded]) -> list[tuple[str, ...]]:
    """The same of several texts, in little more time than of one."""
    model = language_model()
    windows: list[Floats] = []
    told: list[tuple[str, ...] | None] = []
    for folded in views:
        weighed = model.weigh(folded.text)
        short = _if_short(folded.text) if weighed[:, -1].sum() < 2 * _LEAST_LETTERS else None
        told.append(short)
        if short is None:
            sums = np.concatenate((np.zeros_like(weighed[:1]), weighed.cumsum(axis=0)))
            first = np.arange(0, max(1, len(weighed) - WINDOW_WORDS + STRIDE_WORDS), STRIDE_WORDS)
            windows.append(
                np.concatenate((sums[np.minimum(first + WINDOW_WORDS, len(weighed))] - sums[first], sums[-1:]))
            )
    if windows:
        chances = model.chances(np.concatenate(windows))
        best, surest = chances.argmax(axis=1).tolist(), chances.max(axis=1).tolist()
    found, start = [], 0
    coming = iter(windows)
    for short in told:
        if short is None:
            rows = next(coming)
            place = slice(start, start := start + len(rows))
            short = _chosen(model.labels, best[place], surest[place], rows[:-1, -1].tolist())
        found.append(short)
    return found


def _if_short(text: str) -> tuple[str, ...] | None:
    """What decisive letters tell of a text of fewer than `_LEAST_LETTERS`; None for a longer one."""
    words = words_of(text)
    if sum(map(len, words)) >= _LEAST_LETTERS:
        return None
    letters = "".join(words)
    return tuple(code for code, signs in _DECISIVE.items() if any(sign in letters for sign in signs))[:1]


def identify(text: str) -> tuple[str, float]:
    """The one most likely label of a text and its probability; decoys by their own name."""
    model = language_model()
    chances = model.chances(model.weigh(fold(text).text).sum(axis=0, keepdims=True))[0]
    best = int(chances.argmax())
    return model.labels[best], float(chances[best])


def _chosen(
    labels: Sequence[str], best: list[int], surest: Sequence[float], lengths: Sequence[float]
) -> tuple[str, ...]:
    """The text's own label (the last of `best`), and every other whose sure windows make up a fair part."""
    main = best.pop()
    total = math.fsum(lengths)
    shares = {main: 0.5}
    for label, chance, length in zip(best, surest, lengths, strict=False):
        if chance >= _SURE_WINDOW:
            shares[label] = shares.get(label, 0.0) + length / total
    found: dict[str, float] = {}
    for label, share in shares.items():
        if share >= _LEAST_SHARE:
            name = labels[label] if labels[label] in OURS else OTHER
            found[name] = max(found.get(name, 0.0), share)
    return tuple(sorted(found, key=lambda name: -found[name]))
