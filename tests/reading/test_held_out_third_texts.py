"""200 more invented texts by a fourth hand that saw nothing of the reader: 90 lures, 110 lawful or about lures.

Written on 29 November 2026, over half of the lures disguised or under fifteen words; the ky, kk, uz, tg and tk ones
by a non-native, for review. Read before that day's work: 70 of 90 lures (plain 15 of 15, subtle 21 of 25, disguised 23
of 30, short 11 of 20) and 2 of 110 others. No text was looked at, but the figures chose between two sets of texts to
learn from. Floors, no accuracy in the field.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]


@pytest.fixture(scope="module")
def read_pairs(labelled: Callable[[str], Pairs]) -> Pairs:
    return labelled("held_out_third.jsonl")


def test_plain_and_subtle_lures_are_flagged_and_most_of_the_terse_and_disguised(read_pairs: Pairs) -> None:
    open_ones = [reading.flagged for text, reading in read_pairs if text.slice in ("lure_plain", "lure_subtle")]
    hidden = [reading.flagged for text, reading in read_pairs if text.slice in ("lure_short", "lure_disguised")]
    assert (len(open_ones), len(hidden)) == (40, 50)
    assert sum(open_ones) >= 35
    assert sum(hidden) >= 38


def test_hardly_any_other_is_flagged_and_none_that_reports_or_campaigns(read_pairs: Pairs) -> None:
    flagged = [text.slice for text, reading in read_pairs if not text.label and reading.flagged]
    assert len(flagged) <= 5
    assert not {"campaign", "news"} & set(flagged)
