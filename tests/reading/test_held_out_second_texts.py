"""226 more invented texts by a hand that saw nothing of the reader: 99 lures, 127 lawful or about lures.

Written on 29 November 2026, half of the lures disguised or under fifteen words; the ky, kk, uz, tg and tk ones by a
non-native, for review. Read before that day's last work: 72 of 99 lures (plain 18 of 18, subtle 20 of 22, disguised 12
of 28, short 22 of 31) and 1 of 127 others. No single text was looked at, but a false flag among the warnings, on the
way, made us write warnings of our own and cues for them. Floors, no accuracy in the field.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]


@pytest.fixture(scope="module")
def read_pairs(labelled: Callable[[str], Pairs]) -> Pairs:
    return labelled("held_out_second.jsonl")


def test_plain_and_subtle_lures_are_flagged_and_most_of_the_terse_and_disguised(read_pairs: Pairs) -> None:
    open_ones = [reading.flagged for text, reading in read_pairs if text.slice in ("lure_plain", "lure_subtle")]
    hidden = [reading.flagged for text, reading in read_pairs if text.slice in ("lure_short", "lure_disguised")]
    assert (len(open_ones), len(hidden)) == (40, 59)
    assert sum(open_ones) >= 38
    assert sum(hidden) >= 41


def test_hardly_any_other_is_flagged_and_none_that_is_ordinary_or_reports_or_campaigns(read_pairs: Pairs) -> None:
    flagged = [text.slice for text, reading in read_pairs if not text.label and reading.flagged]
    assert len(flagged) <= 3
    assert not {"campaign", "news", "seeker", "discussion", "ordinary"} & set(flagged)
