"""Learns what an encoder adds to the classifier: `chyrak train --encoder FOLDER` writes second_look.npz into FOLDER.

The stack is fitted on chances and values that come from models which had not seen the text (out of fold), so what it
gives is calibrated. Test texts are never read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from nlp.components.classifier import load_classifier
from nlp.draft import Draft
from nlp.encoder.folder import load_encoder
from nlp.encoder.protocol import Encoder
from nlp.encoder.safe_text import safe_text
from nlp.encoder.second_look import FILE, FORMAT, Head, from_arrays, log_odds
from nlp.training.classifier import Corpus, gather, hands_apart, train_on, write
from nlp.training.seed import SeedText, load_seed

FOLDS = 5
SOFTNESS = 5.0
"""C of the support vector machine; 3 to 10 do as well (research on SIB-200)."""
LARGEST = 20_000
"""Texts the machine learns from at most, evenly chosen: its time grows with their square."""
_KERNEL_CACHE = 1500
"""Megabytes of kernel values kept while the machine learns: with 200 it works most of them out many times over."""

Array = NDArray[Any]


def train_second_look(folder: Path, texts: Sequence[SeedText] | None = None) -> Path:
    """Learns from `texts` (train and dev of the seed corpus) and writes the file; its path."""
    encoder = load_encoder(folder)
    corpus = gather(texts if texts is not None else load_seed("train", "dev"))
    vectors = vectors_of(encoder, corpus.drafts)
    arrays = learn(corpus, vectors, np.array(out_of_fold(corpus)))
    about = {"format": FORMAT, "encoder": encoder.fingerprint, "classifier": load_classifier().version}
    write(arrays, about, folder / FILE)
    return folder / FILE


def vectors_of(encoder: Encoder, drafts: Sequence[Draft]) -> Array:
    """The vectors of texts that are read."""
    return encoder.encode([safe_text(draft.folded, draft.languages) for draft in drafts])


def out_of_fold(corpus: Corpus) -> list[float]:
    """The chance each text gets from a classifier that has not seen it, nor another text of the same hand."""
    chances = [0.0] * len(corpus.texts)
    with TemporaryDirectory() as folder:
        for number, (there, here) in enumerate(hands_apart(corpus.texts, FOLDS, seed=11)):
            path = Path(folder) / f"{number}.npz"
            write(*train_on(corpus.only(there)), path)
            model = load_classifier(path)
            for row in here:
                chances[row] = model.opinion(corpus.drafts[row]).wanted
    return chances


def learn(corpus: Corpus, vectors: Array, first: Array) -> dict[str, Array]:
    """The head that these vectors and chances teach, as arrays."""
    folds = list(hands_apart(corpus.texts, FOLDS, seed=11))
    head = learn_head(vectors, np.array([text.label for text in corpus.texts]), first, folds)
    arrays = {name: getattr(head, name) for name in ("middle", "spread", "support", "dual")}
    return {**arrays, "numbers": np.array([head.offset, head.gamma, *head.stack], dtype=np.float64)}


def learn_head(vectors: Array, labels: Array, first: Array, folds: Iterable[tuple[Array, Array]]) -> Head:
    """The machine on all vectors, and a stack fitted on what machines say that have not seen the text.

    `folds` are the rows to learn from and the rows held out; every row is held out once.
    """
    values = np.zeros(len(labels))
    for there, here in folds:
        values[here] = _machine(vectors[there], labels[there]).value(vectors[here])
    table = np.column_stack([[log_odds(chance) for chance in first], values])
    stack = LogisticRegression(C=1.0).fit(table, labels)
    weight, second = (float(value) for value in stack.coef_[0])
    return replace(_machine(vectors, labels), stack=(weight, second, float(stack.intercept_[0])))


def _machine(vectors: Array, labels: Array) -> Head:
    """A support vector machine as a head without a stack."""
    chosen = np.unique(np.linspace(0, len(labels) - 1, min(len(labels), LARGEST)).astype(int))
    vectors, labels = vectors[chosen], labels[chosen]
    middle, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    model = SVC(C=SOFTNESS, gamma=1.0 / vectors.shape[1], class_weight="balanced", cache_size=_KERNEL_CACHE)
    model.fit((vectors - middle) / spread, labels)
    return from_arrays(
        {
            "middle": middle,
            "spread": spread,
            "support": model.support_vectors_,
            "dual": model.dual_coef_[0],
            "numbers": np.array([model.intercept_[0], 1.0 / vectors.shape[1], 0.0, 1.0, 0.0]),
        }
    )
