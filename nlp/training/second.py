"""What the second layer learns on top of the first one's opinions: who is speaking, and kinds of exploitation.

A wanted offer is a speaker of its own among those that warn, seek or report: what marks a lure marks the warning that
quotes it as well, so that whoever asks "is it an offer?" first and "is it wanted?" then takes lures for warnings.
The chance it gives is calibrated on texts held out from it, with a little room for each language: a threshold by
language, shrunk where a language has few texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from nlp.components.classifier import written_in
from nlp.components.speakers import WANTED
from nlp.draft import Draft
from nlp.training.seed import SeedText

STANCES = ("OFFER", "SEEK", "WARN", "NEWS", "SERVICE", "DISCUSS", "OTHER")
SPEAKERS = (WANTED, *STANCES)
SPEAKER_STRENGTH, TYPE_STRENGTH = 0.03, 0.02
LANGUAGE_ROOM = 0.3
"""How far a language may move the calibration: the spread of its offset before any text is seen, in log odds."""
LEAST_OF_A_TYPE = 12
_FOLDS = 5
_NEVER = -20.0

Array = NDArray[Any]


@dataclass(frozen=True)
class Learnt:
    """Weights (a row a feature; columns speakers, types), biases and the JSON part that goes with them."""

    weights: Array
    bias: Array
    about: dict[str, Any]


def learn_second(texts: Sequence[SeedText], drafts: Sequence[Draft], features: Sequence[Mapping[str, float]]) -> Learnt:
    """Learns from `features`, of which the first layer's must be out of fold."""
    names = sorted({name for row in features for name in row})
    table = np.array([[row.get(name, 0.0) for name in names] for row in features])
    kinds = Counter(kind for text in texts if text.label for kind in set(text.exploitation))
    types = sorted(kind for kind, count in kinds.items() if count >= LEAST_OF_A_TYPE)
    speaks = np.array([SPEAKERS.index(WANTED if text.label else text.stance) for text in texts])
    found = [_speakers(table, speaks), *(_type(table, texts, kind) for kind in types)]
    return Learnt(
        np.hstack([weights for weights, _ in found]),
        np.concatenate([bias for _, bias in found]),
        {
            "stances": list(STANCES),
            "features": names,
            "types": types,
            "calibration": _calibration(table, speaks, drafts),
        },
    )


def _speakers(table: Array, speaks: Array) -> tuple[Array, Array]:
    """Weights, a column for each of `SPEAKERS`, and biases; `speaks` is whose each row is."""
    weights, bias = _fit(table, speaks, SPEAKER_STRENGTH)
    known = np.unique(speaks)  # a small file may lack a stance: then it is never likely
    every, floor = np.zeros((table.shape[1], len(SPEAKERS))), np.full(len(SPEAKERS), _NEVER)
    if len(known) == 2:  # one column is told for two
        weights, bias = np.hstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    every[:, known], floor[known] = weights, bias
    return every, floor


def _type(table: Array, texts: Sequence[SeedText], kind: str) -> tuple[Array, Array]:
    """One type of exploitation against the others, among the texts for review that name theirs."""
    rows = [row for row, text in enumerate(texts) if text.label and text.exploitation]
    return _fit(table[rows], np.array([kind in texts[row].exploitation for row in rows]), TYPE_STRENGTH)


def _calibration(table: Array, speaks: Array, drafts: Sequence[Draft]) -> dict[str, Any]:
    """Slope, offset and an offset per language for the chance's log odds, from chances given out of fold."""
    labels = speaks == SPEAKERS.index(WANTED)
    odds = np.zeros(len(labels))
    for there, here in StratifiedKFold(_FOLDS, shuffle=True, random_state=7).split(table, labels):
        weights, bias = _speakers(table[there], speaks[there])
        logits = table[here] @ weights + bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        chance = np.clip((shares[:, SPEAKERS.index(WANTED)] / shares.sum(axis=1)), 1e-6, 1 - 1e-6)
        odds[here] = np.log(chance / (1 - chance))
    languages = sorted({name for draft in drafts for name in written_in(draft)})
    room = np.array([[LANGUAGE_ROOM * (name in written_in(draft)) for name in languages] for draft in drafts])
    room /= np.maximum(1, (room > 0).sum(axis=1, keepdims=True))
    # a wide column is hardly shrunk: the slope is free, the languages are not
    model = LogisticRegression(C=1.0, max_iter=5000).fit(np.hstack([10 * odds[:, None], room]), labels)
    return {
        "slope": round(10 * float(model.coef_[0, 0]), 4),
        "offset": round(float(model.intercept_[0]), 4),
        "languages": {
            name: round(LANGUAGE_ROOM * float(value), 4)
            for name, value in zip(languages, model.coef_[0, 1:], strict=True)
        },
    }


def _fit(table: Array, outcomes: Array, strength: float) -> tuple[Array, Array]:
    """Weights for raw features: learnt on standardised ones, so that one strength suits all."""
    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread < 1e-6] = np.inf
    model = LogisticRegression(C=strength, max_iter=5000).fit((table - middle) / spread, outcomes)
    weights = (model.coef_ / spread).T
    return weights, model.intercept_ - middle @ weights
