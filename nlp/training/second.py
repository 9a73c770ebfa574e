"""What the second layer learns on top of the first one's opinions: who is speaking, and kinds of exploitation.

A wanted offer is a speaker of its own among those that warn, seek or report: what marks a lure marks the warning that
quotes it as well, so that whoever asks "is it an offer?" first and "is it wanted?" then takes lures for warnings.
The chance it gives is calibrated on texts held out from it, with a little room for each language: a threshold by
language, shrunk where a language has few texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

from nlp.components.classifier import written_in
from nlp.components.second_layer import BOUND, SecondLayer
from nlp.components.speakers import WANTED
from nlp.draft import Draft
from nlp.training.seed import SeedText

STANCES = ("OFFER", "SEEK", "WARN", "NEWS", "SERVICE", "DISCUSS", "OTHER")
SPEAKERS = (WANTED, *STANCES)
NETWORKS, UNITS, DECAY, ROUNDS = 5, 64, 0.3, 25
"""How many networks are averaged; of each, the hidden units, the L2 penalty, and how often it sees every text."""
_BATCH, _LEAST_STEPS = 256, 300
"""Texts a step; a small file is seen more often, so that its networks learn at all."""
TYPE_STRENGTH = 0.02
LANGUAGE_ROOM = 0.3
"""How far a language may move the calibration: the spread of its offset before any text is seen, in log odds."""
LEAST_OF_A_TYPE = 12
_FOLDS = 5
_NEVER = -20.0

Array = NDArray[Any]


@dataclass(frozen=True)
class Learnt:
    """The layer, and the JSON part that goes with it."""

    layer: SecondLayer
    about: dict[str, Any]


def learn_second(texts: Sequence[SeedText], drafts: Sequence[Draft], features: Sequence[Mapping[str, float]]) -> Learnt:
    """Learns from `features`, of which the first layer's must be out of fold."""
    names = sorted({name for row in features for name in row})
    table = np.array([[row.get(name, 0.0) for name in names] for row in features])
    kinds = Counter(kind for text in texts if text.label for kind in set(text.exploitation))
    types = sorted(kind for kind, count in kinds.items() if count >= LEAST_OF_A_TYPE)
    speaks = np.array([SPEAKERS.index(WANTED if text.label else text.stance) for text in texts])
    found = [(np.zeros((len(names), 0)), np.zeros(0)), *(_type(table, texts, kind) for kind in types)]
    weights, bias = (np.hstack(parts).astype(np.float32) for parts in zip(*found, strict=True))
    about = {
        "stances": list(STANCES),
        "features": names,
        "types": types,
        "calibration": _calibration(table, speaks, drafts),
    }
    rows = {name: row for row, name in enumerate(names)}
    return Learnt(replace(_layer(table, speaks), rows=rows, types=weights, types_bias=bias), about)


def _layer(table: Array, speaks: Array) -> SecondLayer:
    """Networks learnt from the same rows, each from another beginning; `speaks` is whose each row is. No types yet."""
    middle, spread = table.mean(axis=0), table.std(axis=0)
    scale = np.where(spread < 1e-6, 0.0, 1.0 / np.maximum(spread, 1e-6))
    measured = np.clip((table - middle) * scale, -BOUND, BOUND)
    nets = [_network(measured, speaks, start) for start in range(NETWORKS)]
    known = np.unique(speaks)  # a small file may lack a stance: then it is never likely
    every, floor = np.zeros((NETWORKS * UNITS, len(SPEAKERS))), np.full(len(SPEAKERS), _NEVER)
    outward, bias = np.vstack([net.coefs_[1] for net in nets]), np.mean([net.intercepts_[1] for net in nets], axis=0)
    if len(known) == 2:  # one column is told for two
        outward, bias = np.hstack([-outward, outward]) / 2, np.concatenate([-bias, bias]) / 2
    every[:, known], floor[known] = outward / NETWORKS, bias
    parts = (
        middle,
        scale,
        np.hstack([net.coefs_[0] for net in nets]),
        np.concatenate([net.intercepts_[0] for net in nets]),
        every,
        floor,
        np.zeros((len(middle), 0)),
        np.zeros(0),
    )
    return SecondLayer({}, *(part.astype(np.float32) for part in parts))


def _network(measured: Array, speaks: Array, start: int) -> MLPClassifier:
    batch = min(_BATCH, len(speaks))
    network = MLPClassifier(
        (UNITS,),
        alpha=DECAY,
        learning_rate_init=0.002,
        batch_size=batch,
        max_iter=max(ROUNDS, _LEAST_STEPS * batch // len(speaks)),
        random_state=start,
    )
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # it is stopped on purpose: further rounds learn the texts by heart
        return network.fit(measured, speaks)


def _type(table: Array, texts: Sequence[SeedText], kind: str) -> tuple[Array, Array]:
    """One type of exploitation against the others, among the texts for review that name theirs: weights and bias.

    Learnt on features of one measure, so that one strength suits all; the weights are for raw ones.
    """
    rows = [row for row, text in enumerate(texts) if text.label and text.exploitation]
    middle, spread = table[rows].mean(axis=0), table[rows].std(axis=0)
    spread[spread < 1e-6] = np.inf
    model = LogisticRegression(C=TYPE_STRENGTH, max_iter=5000)
    model.fit((table[rows] - middle) / spread, np.array([kind in texts[row].exploitation for row in rows]))
    weights = (model.coef_ / spread).T
    return weights, model.intercept_ - middle @ weights


def _calibration(table: Array, speaks: Array, drafts: Sequence[Draft]) -> dict[str, Any]:
    """Slope, offset and an offset per language for the chance's log odds, from chances given out of fold."""
    labels = speaks == SPEAKERS.index(WANTED)
    odds = np.zeros(len(labels))
    for there, here in StratifiedKFold(_FOLDS, shuffle=True, random_state=7).split(table, labels):
        logits = _layer(table[there], speaks[there]).speaking(table[here])
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
