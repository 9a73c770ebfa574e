"""The classifier's second layer: networks learnt on features, averaged into one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from nlp.components.classifier import load_classifier
from nlp.components.second_layer import BOUND
from nlp.components.speakers import WANTED
from nlp.reader import Reader
from nlp.training.second import SPEAKERS, Learnt, learn_second
from nlp.training.seed import SeedText


def _learnt(features: list[dict[str, float]], wanted: list[bool], reader: Reader) -> Learnt:
    draft = reader.draft("Швея")
    texts = [
        SeedText(str(n), "ru", "", "Швея", int(label), 0, "OFFER" if label else "WARN", "", "", (), (), (), "train")
        for n, label in enumerate(wanted)
    ]
    return learn_second(texts, [draft] * len(texts), features)


@pytest.fixture(scope="module")
def either_but_not_both(reader: Reader) -> Learnt:
    """Learnt from offers that are wanted where one of two signs stands, and from warnings that have both or none."""
    signs = list(product((0.0, 1.0), repeat=2)) * 100
    return _learnt([{"a": a, "b": b} for a, b in signs], [a != b for a, b in signs], reader)


def test_what_a_sign_says_depends_on_what_stands_beside_it(either_but_not_both: Learnt) -> None:
    values = np.array([[a, b, 0.0] for a, b in product((0.0, 1.0), repeat=2)], np.float32)
    logits, _ = either_but_not_both.layer(values)
    assert [SPEAKERS[best] for best in logits.argmax(axis=1)] == ["WARN", WANTED, WANTED, "WARN"]


def test_a_speaker_that_no_text_had_is_never_likely(either_but_not_both: Learnt) -> None:
    logits, _ = either_but_not_both.layer(np.zeros((1, 3), np.float32))
    met = [SPEAKERS.index(name) for name in (WANTED, "WARN")]
    assert np.delete(logits[0], met).max() < logits[0, met].min() - 10


def test_what_lies_beyond_the_bound_says_no_more_than_the_bound() -> None:
    layer = load_classifier().second
    row = layer.rows["length"]
    values = np.tile(np.append(layer.middle, np.float32(0)), (3, 1)).astype(np.float32)
    values[:, row] += np.array([0.5 * BOUND, BOUND, 1000.0], np.float32) / layer.scale[row]
    logits = layer.speaking(values[:, :-1])
    assert np.allclose(logits[1], logits[2], atol=1e-4)
    assert not np.allclose(logits[0], logits[1], atol=1e-4)


def test_a_feature_that_never_differs_moves_nothing(reader: Reader) -> None:
    features = [{"a": float(n % 2), "same": 1.0} for n in range(200)]
    layer = _learnt(features, [bool(n % 2) for n in range(200)], reader).layer
    values = np.array([[1.0, 1.0, 0.0], [1.0, 7.0, 0.0]], np.float32)
    logits, _ = layer(values)
    assert np.array_equal(logits[0], logits[1])
