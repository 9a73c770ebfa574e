"""Trains the classifier from the seed corpus and writes nlp/data/classifier.npz: `python -m nlp.training.classifier`.

The same clone gives the same file. Test texts are never read here.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize

from chyrak.text import fold
from nlp.components.classifier import FORMAT, MODEL_FILE
from nlp.components.ngrams import hashed, sound
from nlp.training.seed import SeedText, load_seed

SIZE = 2**17
STRENGTH = 30.0
STANCES = ("OFFER", "SEEK", "WARN", "NEWS", "SERVICE", "DISCUSS", "OTHER")
FOLDS = 8


def train(texts: Sequence[SeedText]) -> dict[str, Any]:
    """Everything the model file holds, from labelled texts."""
    counts = matrix(texts)
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log((1 + len(texts)) / (1 + frequency)) + 1
    values = normalize(counts @ diags(idf))
    labels = np.array([text.label for text in texts])
    held_out = np.zeros(len(texts))
    for there, here in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(values, labels):
        held_out[here] = _fit(values[there], labels[there]).decision_function(values[here])
    calibration = LogisticRegression(C=1e6).fit(held_out[:, None], labels)
    wanted = _fit(values, labels)
    speakers = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight="balanced")
    speakers.fit(values, [text.stance for text in texts])
    order = [list(speakers.classes_).index(stance) for stance in STANCES]
    unseen = frequency == 0
    return {
        "idf": np.where(unseen, 0.0, idf).astype(np.float16),
        "weights": wanted.coef_[0].astype(np.float16),
        "bias": float(wanted.intercept_[0]),
        "slope": float(calibration.coef_[0, 0]),
        "offset": float(calibration.intercept_[0]),
        "stance_weights": speakers.coef_[order].T.astype(np.float16),
        "stance_bias": speakers.intercept_[order].astype(np.float32),
    }


def matrix(texts: Sequence[SeedText]) -> csr_matrix:
    """Hashed n-gram counts, a row a text."""
    ends, buckets, counts = [0], [], []
    for text in texts:
        found, weight = hashed(sound(fold(text.body).lazy), SIZE)
        buckets.append(found)
        counts.append(weight)
        ends.append(ends[-1] + len(found))
    return csr_matrix((np.concatenate(counts), np.concatenate(buckets), ends), shape=(len(texts), SIZE))


def write(model: dict[str, Any], path: Path = MODEL_FILE) -> None:
    """The model as arrays and one JSON text; the same model gives the same bytes."""
    arrays = {name: value for name, value in model.items() if isinstance(value, np.ndarray)}
    about = {name: value for name, value in model.items() if not isinstance(value, np.ndarray)}
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name].tobytes())
    about |= {"format": FORMAT, "version": digest.hexdigest()[:12], "stances": list(STANCES)}
    arrays["about"] = np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            stream = io.BytesIO()
            np.lib.format.write_array(stream, arrays[name], allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), stream.getvalue(), zipfile.ZIP_DEFLATED
            )


def _fit(values: csr_matrix, labels: np.ndarray[Any, Any]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=2000).fit(values, labels)


def main() -> None:
    """Train on the train part and write the model file."""
    model = train(load_seed("train"))
    write(model)
    sys.stdout.write(f"{MODEL_FILE}: {MODEL_FILE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
