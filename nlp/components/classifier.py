"""The trained model's opinion of a text: the chance that a reviewer would want to see it, and who is speaking.

Hashed character n-grams with TF-IDF weights and logistic regression, one model for all languages, calibrated.
Trained by `nlp.training.classifier` from nlp/data/seed; the file holds arrays only (`allow_pickle=False`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chyrak.errors import AskOperator
from chyrak.text import Folded
from nlp.components.ngrams import hashed, sound
from nlp.draft import Opinion

MODEL_FILE = Path(str(files("nlp").joinpath("data/classifier.npz")))
FORMAT = 1


@dataclass(frozen=True)
class Classifier:
    """Weights per hash bucket. `stance_weights` has one column per stance of `stances`."""

    version: str
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: float
    slope: float
    offset: float
    stances: tuple[str, ...]
    stance_weights: NDArray[np.float32]
    stance_bias: NDArray[np.float32]

    def opinion(self, folded: Folded) -> Opinion:
        """The opinion of one text; an empty text gets the model's prior."""
        buckets, counts = hashed(sound(folded.lazy), len(self.idf))
        values = counts * self.idf[buckets]
        norm = float(np.sqrt(values @ values)) or 1.0
        values /= norm
        raw = float(values @ self.weights[buckets]) + self.bias
        logits = values @ self.stance_weights[buckets] + self.stance_bias
        logits = np.exp(logits - logits.max())
        shares = logits / logits.sum()
        wanted = 1.0 / (1.0 + float(np.exp(-(self.slope * raw + self.offset))))
        return Opinion(wanted, dict(zip(self.stances, (float(share) for share in shares), strict=True)))


def load_classifier(path: Path | None = None) -> Classifier:
    """The model in `path`, or the one that comes with Chyrak; cached.

    Raises AskOperator for a file that is not such a model.
    """
    return _load(path or MODEL_FILE)


@lru_cache(maxsize=2)
def _load(path: Path) -> Classifier:
    remedy = "Make it anew with `python -m nlp.training.classifier`, or mend `reading.model`."
    try:
        with np.load(path, allow_pickle=False) as store:
            about: dict[str, Any] = json.loads(bytes(store["about"]).decode())
            arrays = {name: store[name] for name in store.files}
    except (OSError, ValueError, KeyError) as fault:
        raise AskOperator(f"{path}: not a model that can be read: {fault}. {remedy}") from fault
    if about.get("format") != FORMAT:
        raise AskOperator(f"{path}: model of format {about.get('format')}, this program reads {FORMAT}. {remedy}")
    return Classifier(
        version=str(about["version"]),
        idf=arrays["idf"].astype(np.float32),
        weights=arrays["weights"].astype(np.float32),
        bias=float(about["bias"]),
        slope=float(about["slope"]),
        offset=float(about["offset"]),
        stances=tuple(about["stances"]),
        stance_weights=np.ascontiguousarray(arrays["stance_weights"].astype(np.float32)),
        stance_bias=arrays["stance_bias"].astype(np.float32),
    )
