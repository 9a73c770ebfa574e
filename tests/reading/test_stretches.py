"""Stretches that are taken: the same answer as looking at each, in less time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.components.stretches import Stretches

PAIR = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(PAIR), PAIR)
def test_a_stretch_meets_what_shares_a_place_with_it(taken: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    shares = any(start < asked[1] and asked[0] < end for start, end in taken)
    assert Stretches(taken).meets(*asked) == shares


@given(st.lists(PAIR))
def test_none_is_added_over_another(pairs: list[tuple[int, int]]) -> None:
    known = Stretches()
    places: set[int] = set()
    for start, end in pairs:
        assert known.meets(start, end) == (not places.isdisjoint(range(start, end)))
        if not known.meets(start, end):
            known.add(start, end)
            places |= set(range(start, end))
