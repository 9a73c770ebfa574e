"""Trains the classifier from the seed corpus and writes nlp/data/classifier.npz: `python -m nlp.training.classifier`.

The same clone gives the same file. Test texts are never read here. The second layer learns from opinions that the
first layer gave to texts it had not seen (out of fold), else it would trust the first layer too much.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import normalize

from nlp.components.classifier import FORMAT, MODEL_FILE, PASSAGE_FLOOR, SCORED, ends_of, found_features
from nlp.components.ngrams import grams
from nlp.draft import Draft
from nlp.reader import load_reader
from nlp.training.second import STANCES, learn_second
from nlp.training.seed import SeedText, load_seed

SIZE = 2**19
TEXT_STRENGTH, PASSAGE_STRENGTH = 30.0, 10.0
FOLDS = 4
PASSAGES = tuple(f"I{number:02d}" for number in (7, 8, 14, 17, 19, 24, 25, 26, 28, 29, 30, 31, 32, 33, 34, 37, 38, 40))
"""Indicators whose clauses the first layer learns to know: those that texts of the corpus quote often enough."""
COLUMNS = (
    "text",
    "offered",
    *(f"stance:{name}" for name in STANCES),
    *(f"like:{name}" for name in PASSAGES),
    *(f"ends:{name}" for name in STANCES),
)
"""What the first layer has opinions on, as the second layer's features are named."""

_PACKED = 6
"""How hard the file is packed: 9 takes six times as long for a fiftieth less."""

Array = NDArray[Any]
Model = tuple[dict[str, Array], dict[str, Any]]
"""Arrays and the JSON part."""


@dataclass(frozen=True)
class Corpus:
    """Texts as matrices: `whole` a row a text, `parts` a row a clause; `owner` is the text of a clause."""

    texts: Sequence[SeedText]
    drafts: Sequence[Draft]
    whole: csr_matrix
    parts: csr_matrix
    owner: Array
    like: Array

    def only(self, rows: Array) -> Corpus:
        """The texts of `rows` alone."""
        clauses = np.isin(self.owner, rows)
        place = np.full(len(self.texts), -1)
        place[rows] = np.arange(len(rows))
        return Corpus(
            [self.texts[row] for row in rows],
            [self.drafts[row] for row in rows],
            self.whole[rows],
            self.parts[clauses],
            place[self.owner[clauses]],
            self.like[clauses],
        )


def train(texts: Sequence[SeedText]) -> Model:
    """Everything the model file holds: its arrays and its JSON part."""
    return train_on(gather(texts))


def gather(texts: Sequence[SeedText]) -> Corpus:
    """The texts read as far as no model is needed, and counted."""
    reader = load_reader(for_training=True)
    return _corpus(texts, [reader.draft(text.body) for text in texts])


def train_on(corpus: Corpus) -> Model:
    """The model that these texts teach."""
    texts = corpus.texts
    frequency = np.asarray((corpus.whole > 0).sum(axis=0)).ravel()
    idf = np.where(frequency == 0, 0.0, np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    everything = np.arange(len(texts))
    opinions = np.zeros((len(texts), len(COLUMNS)))
    for there, here in folds_of(texts, FOLDS, seed=5):
        weights, bias = _first(corpus, idf, there)
        opinions[here] = _opinions(corpus, idf, weights, bias)[here]
    weights, bias = _first(corpus, idf, everything)
    return _model(corpus, opinions, idf, weights, bias)


def _model(corpus: Corpus, opinions: Array, idf: Array, weights: Array, bias: Array) -> Model:
    """The second layer learnt on top of the first layer's out-of-fold opinions; all of it as the file holds it."""
    learnt = learn_second(corpus.texts, corpus.drafts, _features(corpus, opinions))
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127.0  # a column of a small file may be all zero
    arrays = {
        "idf": idf.astype(np.float16),
        "first": np.round(weights / scale).astype(np.int8),
        "first_scale": scale.astype(np.float32),
        "first_bias": bias.astype(np.float32),
        "second": learnt.weights.astype(np.float32),
        "second_bias": learnt.bias.astype(np.float32),
    }
    return arrays, {**learnt.about, "passages": list(PASSAGES), "texts": len(corpus.texts)}


def folds_of(texts: Sequence[SeedText], count: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """`count` divisions into the rows to learn from and the rows held out, each like the whole in stance and label."""
    folds = StratifiedKFold(count, shuffle=True, random_state=seed)
    yield from folds.split(np.arange(len(texts)), [text.stance + str(text.label) for text in texts])


def write(arrays: dict[str, Array], about: dict[str, Any], path: Path = MODEL_FILE) -> None:
    """The model as arrays and one JSON text; the same model gives the same bytes."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name].tobytes())
    words = json.dumps({"format": FORMAT, **about, "version": digest.hexdigest()[:12]}, sort_keys=True)
    stored = {**arrays, "about": np.frombuffer(words.encode(), dtype=np.uint8)}
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(stored):
            stream = io.BytesIO()
            np.lib.format.write_array(stream, stored[name], allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, stream.getvalue(), zipfile.ZIP_DEFLATED, _PACKED)


def _corpus(texts: Sequence[SeedText], drafts: Sequence[Draft]) -> Corpus:
    whole, parts, owner, like = [], [], [], []
    for number, (text, draft) in enumerate(zip(texts, drafts, strict=True)):
        found = grams([draft.folded], SIZE)
        whole.append(found.all)
        quoted = _quoted(text)
        for clause, place in enumerate(found.places):
            start, end = draft.folded.span(*place)
            parts.append(found.of_passage(clause))
            owner.append(number)
            like.append([any(name == i and _mostly(s, e, start, end) for i, s, e in quoted) for name in PASSAGES])
    return Corpus(texts, drafts, _counts(whole), _counts(parts), np.array(owner), np.array(like))


def _quoted(text: SeedText) -> list[tuple[str, int, int]]:
    found = []
    for item in text.indicators:
        start = text.body.find(item["quote"])
        if item.get("state") != "denied" and start >= 0:
            found.append((item["id"], start, start + len(item["quote"])))
    return found


def _mostly(start: int, end: int, first: int, last: int) -> bool:
    return min(end, last) - max(start, first) >= 0.5 * min(end - start, last - first)


def _counts(rows: Sequence[Array]) -> csr_matrix:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    counts = csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(rows), ends), shape=(len(rows), SIZE))
    counts.sum_duplicates()
    return counts


def _whole(corpus: Corpus, idf: Array) -> csr_matrix:
    values = corpus.whole.copy()
    values.data = 1 + np.log(values.data)
    return normalize(values @ diags(idf))


def _parts(corpus: Corpus, idf: Array) -> csr_matrix:
    norms = np.sqrt(corpus.parts @ (idf * idf))
    return diags(1.0 / np.maximum(norms, 1e-6)) @ corpus.parts @ diags(idf)


def _first(corpus: Corpus, idf: Array, rows: Array) -> tuple[Array, Array]:
    """Weights (a column per outcome) and biases of the first layer, learnt from the texts `rows`."""
    whole, parts = _whole(corpus, idf)[rows], _parts(corpus, idf)
    marked = [row for row in rows if corpus.texts[row].indicators or not corpus.texts[row].label]
    clauses = np.isin(corpus.owner, marked)  # a lure without quotes says nothing of its clauses
    labels = np.array([corpus.texts[row].label for row in rows])
    spoken = np.array([corpus.texts[row].stance for row in rows])
    offers = np.isin(spoken, SCORED)
    columns = [
        _fit(whole, labels, TEXT_STRENGTH, balanced=False),
        _fit(whole[offers], labels[offers], TEXT_STRENGTH, balanced=False),
    ]
    columns += [_fit(whole, spoken == stance, TEXT_STRENGTH) for stance in STANCES]
    parts = parts.tocsr()[clauses]
    columns += [_fit(parts, corpus.like[clauses, column], PASSAGE_STRENGTH) for column in range(len(PASSAGES))]
    return np.array([weights for weights, _ in columns]).T, np.array([bias for _, bias in columns])


def _fit(values: csr_matrix, labels: Array, strength: float, *, balanced: bool = True) -> tuple[Array, float]:
    if len(np.unique(labels)) < 2:
        return np.zeros(values.shape[1]), -PASSAGE_FLOOR if labels.all() else PASSAGE_FLOOR
    weight = "balanced" if balanced else None
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, max_iter=400, tol=0.01, class_weight=weight, random_state=0
    ).fit(values, labels)
    return model.coef_[0], float(model.intercept_[0])


def _opinions(corpus: Corpus, idf: Array, weights: Array, bias: Array) -> Array:
    count = 2 + len(STANCES)
    opinions = np.full((len(corpus.texts), len(COLUMNS)), PASSAGE_FLOOR)
    opinions[:, :count] = _whole(corpus, idf) @ weights[:, :count] + bias[:count]
    firsts = np.searchsorted(corpus.owner, np.arange(len(corpus.texts) + 1))
    sums = (corpus.parts @ diags(idf)) @ weights[:, 2:count]
    squares = (corpus.parts @ (idf * idf))[:, None]
    opinions[:, -len(STANCES) :] = ends_of(sums, squares, firsts) + bias[2:count]
    clauses = _parts(corpus, idf) @ weights[:, count:] + bias[count:]
    for column in range(len(PASSAGES)):
        np.maximum.at(opinions[:, count + column], corpus.owner, clauses[:, column])
    return opinions


def _features(corpus: Corpus, opinions: Array) -> list[dict[str, float]]:
    return [
        dict(zip(COLUMNS, (float(value) for value in row), strict=True)) | found_features(draft)
        for row, draft in zip(opinions, corpus.drafts, strict=True)
    ]


def main() -> None:
    """Train on the given parts and write the model file."""
    parser = argparse.ArgumentParser(description="Train the classifier from nlp/data/seed.")
    parser.add_argument("--parts", nargs="+", choices=("train", "dev"), default=["train", "dev"])
    write(*train(load_seed(*parser.parse_args().parts)))
    sys.stdout.write(f"{MODEL_FILE}: {MODEL_FILE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
