"""What a reader that sees only the length, or only the words, would do: a figure means little beside nothing.

Both learn from the train and dev parts and are measured on the texts given; on texts of those parts they know the
answers, as the shipped model does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from chyrak.records import Reading
from nlp.training.seed import SeedText, load_seed

ALLOWED = 0.04
"""The share of false flags at which recalls are compared."""


def measure_baselines(texts: Sequence[SeedText], readings: Sequence[Reading]) -> dict[str, Any]:
    """Area under the curve, average precision, and recall where `ALLOWED` of the others are flagged; empty for one
    label only."""
    labels = np.array([text.label for text in texts])
    if len(set(labels)) < 2:
        return {}
    known = load_seed("train", "dev")
    answers = [text.label for text in known]
    length = make_pipeline(FunctionTransformer(_lengths), StandardScaler(), LogisticRegression())
    words = make_pipeline(CountVectorizer(binary=True, min_df=2), LogisticRegression(max_iter=2000))
    result = {"this reader": _figures(labels, np.array([reading.score for reading in readings]))}
    for name, model in (("length only", length), ("bag of words", words)):
        model.fit([text.body for text in known], answers)
        result[name] = _figures(labels, model.predict_proba([text.body for text in texts])[:, 1])
    return result


def _lengths(bodies: Sequence[str]) -> NDArray[Any]:
    return np.log1p([[len(body)] for body in bodies])


def _figures(labels: NDArray[Any], scores: NDArray[Any]) -> dict[str, float]:
    line = np.quantile(scores[labels == 0], 1 - ALLOWED)
    return {
        "area_under_curve": round(float(roc_auc_score(labels, scores)), 4),
        "average_precision": round(float(average_precision_score(labels, scores)), 4),
        "recall_at_allowed": round(float(np.mean(scores[labels == 1] > line)), 4),
    }
