"""How far an n-gram leans to one side: the units in which the first layer is fitted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlp.training.leaning import leaning

YES = np.array([True] * 6 + [False] * 6)
HANDS = [f"hand {number % 3}" for number in range(12)]


def _units(*columns: list[int], hands: list[str] = HANDS, yes: np.ndarray = YES) -> list[float]:
    counts = csr_matrix(np.array(columns, np.float32).T)
    return [float(unit) for unit in leaning(counts, hands, yes)]


def test_what_stands_on_both_sides_alike_leans_least():
    both, one_side, most = _units([1] * 12, [1] * 6 + [0] * 6, [1] * 6 + [1] + [0] * 5)
    assert both == min(both, one_side, most)
    assert one_side > most > both


def test_the_other_side_counts_as_much():
    first, second = _units([1] * 6 + [0] * 6, [0] * 6 + [1] * 6)
    assert first == pytest.approx(second)


def test_the_habit_of_one_hand_weighs_less_than_what_three_hands_have():
    hands = ["one", "one", "one", "two", "three", "four"] * 2
    habit, common = _units([1, 1, 1, 0, 0, 0] + [0] * 6, [1, 0, 0, 1, 1, 0] + [0] * 6, hands=hands)
    assert common > habit


def test_how_often_a_text_says_it_is_no_matter():
    once, often = _units([1, 1] + [0] * 10, [7, 9] + [0] * 10)
    assert once == pytest.approx(often)


def test_what_nobody_has_and_a_side_without_texts_are_no_error():
    nothing, something = _units([0] * 12, [1] * 12, yes=np.zeros(12, bool))
    assert np.isfinite([nothing, something]).all()
    assert nothing == pytest.approx(_units([0] * 12)[0])
