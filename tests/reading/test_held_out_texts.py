"""240 invented texts by a hand that saw nothing of the reader, read once: 85 lures, 155 lawful or about lures.

Written on 29 November 2026; the ky, kk, uz, tg and tk ones by a non-native, for review. Read on that day: 70 of 85
lures flagged (plain 28 of 30, subtle 22 of 25, disguised 10 of 15, under eighty letters 10 of 15) and 4 of 155 others.
No single text was looked at but one: a campaign that was flagged later made us add what campaigns say of honest
agencies. Floors, no accuracy in the field.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]


@pytest.fixture(scope="module")
def read_pairs(labelled: Callable[[str], Pairs]) -> Pairs:
    return labelled("held_out.jsonl")


def test_at_least_four_lures_of_five_are_flagged(read_pairs: Pairs) -> None:
    lures = [reading.flagged for text, reading in read_pairs if text.label]
    assert len(lures) == 85
    assert sum(lures) >= 68


def test_few_others_are_flagged_and_none_that_reports_asks_or_campaigns(read_pairs: Pairs) -> None:
    flagged = [text.slice for text, reading in read_pairs if not text.label and reading.flagged]
    assert len(flagged) <= 6
    assert not {"campaign", "news", "seeker"} & set(flagged)
    assert flagged.count("discuss") <= 1
