"""Which languages a text is written in: a set, since one advert mixes them, by windows of six words.

The model (`language_model`) weighs every word by itself; windows and the whole text are differences of running sums.
"""

from __future__ import annotations

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
    model = language_model()
    weighed = model.weigh(folded.text)
    if weighed[:, -1].sum() < 2 * _LEAST_LETTERS:
        words = words_of(folded.text)
        if sum(map(len, words)) < _LEAST_LETTERS:
            letters = "".join(words)
            return tuple(code for code, signs in _DECISIVE.items() if any(sign in letters for sign in signs))[:1]
    sums = np.concatenate((np.zeros_like(weighed[:1]), weighed.cumsum(axis=0)))
    first = np.arange(0, max(1, len(weighed) - WINDOW_WORDS + STRIDE_WORDS), STRIDE_WORDS)
    windows = sums[np.minimum(first + WINDOW_WORDS, len(weighed))] - sums[first]
    chances = model.chances(np.concatenate((windows, sums[-1:])))
    return _chosen(model.labels, chances, windows[:, -1])


def identify(text: str) -> tuple[str, float]:
    """The one most likely label of a text and its probability; decoys by their own name."""
    model = language_model()
    chances = model.chances(model.weigh(fold(text).text).sum(axis=0, keepdims=True))[0]
    best = int(chances.argmax())
    return model.labels[best], float(chances[best])


def _chosen(labels: Sequence[str], chances: Floats, lengths: Floats) -> tuple[str, ...]:
    """The text's own label (the last row of `chances`), and every other whose sure windows make up a fair part."""
    best = chances.argmax(axis=1).tolist()
    main = best.pop()
    surest = chances.max(axis=1).tolist()
    total = float(lengths.sum())
    shares = {main: 0.5}
    for label, chance, length in zip(best, surest, lengths.tolist(), strict=False):
        if chance >= _SURE_WINDOW:
            shares[label] = shares.get(label, 0.0) + length / total
    found: dict[str, float] = {}
    for label, share in shares.items():
        if share >= _LEAST_SHARE:
            name = labels[label] if labels[label] in OURS else OTHER
            found[name] = max(found.get(name, 0.0), share)
    return tuple(sorted(found, key=lambda name: -found[name]))
