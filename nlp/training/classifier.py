"""Trains the classifier from the seed corpus and writes nlp/data/classifier.npz: `python -m nlp.training.classifier`.

The same clone gives the same file. Test texts are never read here. The second layer learns from opinions that the
first layer gave to texts of hands it had not seen (out of fold), else it would trust the first layer too much.
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
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize

from nlp.components.classifier import (
    CLAUSES,
    FORMAT,
    MODEL_FILE,
    PASSAGE_FLOOR,
    found_features,
    halves,
    text_features,
)
from nlp.components.ngrams import grams
from nlp.components.second_layer import ARRAYS
from nlp.components.speakers import SCORED
from nlp.draft import Draft
from nlp.reader import load_reader
from nlp.training.leaning import leaning
from nlp.training.second import STANCES, learn_second
from nlp.training.seed import SeedText, load_seed

SIZE = 2**20
TEXT_STRENGTH, CLAUSE_STRENGTH, PASSAGE_STRENGTH = 20.0, 10.0, 10.0
FOLDS = 4
PASSAGES = tuple(f"I{number:02d}" for number in (7, 8, 14, 17, 19, 24, 25, 26, 28, 29, 30, 31, 32, 33, 34, 37, 38, 40))
"""Indicators whose clauses the first layer learns to know: those that texts of the corpus quote often enough."""
COLUMNS = (*chain(*text_features(STANCES)), *(f"like:{name}" for name in PASSAGES), CLAUSES)
"""What the first layer has opinions on, as the second layer's features are named."""

_CLOSE = 0.05
"""When the fitting stops: opinions hardly move from there on."""
_PACKED = 6
"""How hard the file is packed: 9 takes six times as long for a fiftieth less."""

Array = NDArray[Any]
Model = tuple[dict[str, Array], dict[str, Any]]
"""Arrays and the JSON part."""


@dataclass(frozen=True)
class Corpus:
    """Texts as matrices: `whole` a row a text, `parts` a row a clause; `owner` is the text of a clause.

    `halves` has a row for the first half of each text, then a row for the second half of each.
    """

    texts: Sequence[SeedText]
    drafts: Sequence[Draft]
    whole: csr_matrix
    halves: csr_matrix
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
            self.halves[np.concatenate((rows, rows + len(self.texts)))],
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
    for there, here in hands_apart(texts, FOLDS, seed=5):
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
        **{f"second_{name}": getattr(learnt.layer, name) for name in ARRAYS},
    }
    return arrays, {**learnt.about, "passages": list(PASSAGES), "texts": len(corpus.texts)}


def hands_apart(texts: Sequence[SeedText], count: int, seed: int) -> Iterator[tuple[Array, Array]]:
    """`count` divisions into the rows to learn from and the rows held out, each about like the whole in stances.

    Whole hands are held out: a model judged so has never met the habits of whoever wrote a text.
    """
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    labels = [text.stance + str(text.label) for text in texts]
    yield from folds.split(np.arange(len(texts)), labels, [text.hand for text in texts])


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
    counted, owners = _counts(parts), np.array(owner)
    return Corpus(texts, drafts, _counts(whole), _halves(counted, owners, len(texts)), counted, owners, np.array(like))


def _halves(parts: csr_matrix, owner: Array, texts: int) -> csr_matrix:
    """The clauses `parts` added up: the first half of each of so many texts, then the second half of each."""
    stretches = np.vstack(halves(np.searchsorted(owner, np.arange(texts + 1))))
    taken = [np.arange(*stretch) for stretch in stretches]
    ends = np.cumsum([0, *map(len, taken)])
    chosen = (np.ones(ends[-1], np.float32), np.concatenate(taken), ends)
    return csr_matrix(csr_matrix(chosen, shape=(len(stretches), parts.shape[0])) @ parts)


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


def _weighed(counts: csr_matrix, idf: Array) -> csr_matrix:
    """Counts of a part of a text times idf, a row of about length one (exactly, where no n-gram stands twice)."""
    norms = np.sqrt(counts @ (idf * idf))
    return csr_matrix(diags(1.0 / np.maximum(norms, 1e-6)) @ counts @ diags(idf))


def _first(corpus: Corpus, idf: Array, rows: Array) -> tuple[Array, Array]:
    """Weights (a column per outcome) and biases of the first layer, learnt from the texts `rows`.

    The halves of a text teach what the whole does, except how a warning begins: that is often the lure it quotes. Last,
    every clause teaches its text's label: most say little alone, but the mean of them helps with writers not met, in
    whose texts the few words that weigh most in a whole may be missing.
    """
    parts = _weighed(corpus.parts, idf)
    clauses = np.isin(corpus.owner, [row for row in rows if _teaches_clauses(corpus.texts[row])])
    begun = np.array([row for row in rows if corpus.texts[row].stance != "WARN"], np.intp)
    both = _weighed(corpus.halves, idf)[np.concatenate((begun, rows + len(corpus.texts)))]
    texts = vstack((_whole(corpus, idf)[rows], both)).tocsr()
    taught = np.concatenate((rows, begun, rows))
    labels = np.array([bool(text.label) for text in corpus.texts])
    stances = np.array([text.stance for text in corpus.texts])
    hands = np.array([text.hand for text in corpus.texts])

    def fit(wanted: Array, among: Array, *, balanced: bool = True) -> tuple[Array, float]:
        units = leaning(corpus.whole[among], hands[among], wanted[among])
        chosen = np.isin(taught, among)
        return _fit(texts[chosen], wanted[taught[chosen]], TEXT_STRENGTH, units, balanced=balanced)

    offers = rows[np.isin(stances[rows], SCORED)]
    columns = [fit(labels, rows, balanced=False), fit(labels, offers, balanced=False)]
    columns += [fit(stances == stance, rows) for stance in STANCES]
    quoting = parts[clauses]
    columns += [_fit(quoting, corpus.like[clauses, column], PASSAGE_STRENGTH) for column in range(len(PASSAGES))]
    of_rows = np.isin(corpus.owner, rows)
    columns.append(_fit(parts[of_rows], labels[corpus.owner[of_rows]], CLAUSE_STRENGTH, balanced=False))
    return np.array([weights for weights, _ in columns]).T, np.array([bias for _, bias in columns])


def _teaches_clauses(text: SeedText) -> bool:
    """A lure without quotes says nothing of its clauses; of further texts without (MORE.md) a third is enough."""
    return bool(text.indicators) or (not text.label and (text.slice != "written" or crc32(text.id.encode()) % 3 == 0))


def _fit(
    values: csr_matrix, labels: Array, strength: float, units: Array | None = None, *, balanced: bool = True
) -> tuple[Array, float]:
    """Weights and bias of one outcome; each column of `values` is counted in its own unit, if such are given."""
    if len(np.unique(labels)) < 2:
        return np.zeros(values.shape[1]), -PASSAGE_FLOOR if labels.size and labels.all() else PASSAGE_FLOOR
    weight = "balanced" if balanced else None
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, max_iter=400, tol=_CLOSE, class_weight=weight, random_state=0
    ).fit(values if units is None else values @ diags(units), labels)
    return model.coef_[0] * (1.0 if units is None else units), float(model.intercept_[0])


def _opinions(corpus: Corpus, idf: Array, weights: Array, bias: Array) -> Array:
    count, size = 2 + len(STANCES), len(corpus.texts)
    opinions = np.full((size, len(COLUMNS)), PASSAGE_FLOOR)
    parts = _weighed(corpus.halves, idf) @ weights[:, :count]
    texts = (_whole(corpus, idf) @ weights[:, :count], parts[:size], parts[size:])
    opinions[:, : 3 * count] = np.hstack(texts) + np.tile(bias[:count], 3)
    clauses = _weighed(corpus.parts, idf) @ weights[:, count:] + bias[count:]
    for column in range(len(PASSAGES)):
        np.maximum.at(opinions[:, 3 * count + column], corpus.owner, clauses[:, column])
    number = np.bincount(corpus.owner, minlength=size)
    total = np.bincount(corpus.owner, clauses[:, -1], minlength=size)
    opinions[:, -1] = np.where(number, total / np.maximum(number, 1), 0.0)
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
