"""The end of a text is weighed by itself: whoever warns quotes a lure first and turns then."""

from __future__ import annotations

import numpy as np
import pytest

import nlp
from nlp.components.classifier import ends_of
from nlp.reader import Reader
from nlp.training.seed import load_seed


def test_the_last_two_fifths_of_the_clauses_are_the_end() -> None:
    sums = np.array([[1.0], [2.0], [4.0], [8.0], [16.0]])
    squares = np.full((5, 1), 2.0)
    assert ends_of(sums, squares, np.array([0, 5])) == pytest.approx(np.array([[24.0 / 2.0]]))


def test_a_text_of_one_or_two_clauses_has_no_end_of_its_own() -> None:
    sums = np.array([[1.0], [3.0], [5.0], [2.0], [4.0], [6.0]])
    ends = ends_of(sums, np.ones((6, 1)), np.array([0, 2, 3, 3, 6]))
    assert ends == pytest.approx(np.array([[0.0], [0.0], [0.0], [6.0]]))


def test_a_text_reads_the_same_alone_and_among_others(reader: Reader) -> None:
    postings = [nlp.text_posting(text.id, text.text, title=text.title) for text in load_seed("dev")[:120]]
    together = list(nlp.read(reader, postings))
    assert together == [next(nlp.read(reader, [posting])) for posting in postings]
