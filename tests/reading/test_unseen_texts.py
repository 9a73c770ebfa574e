"""232 invented texts by a hand that saw neither lexicon nor training texts: 86 lures, 146 lawful or about lures.

Written on 28 November 2026; the ky, kk, uz, tg and tk ones by a non-native, for review. 55 lures and 59 others were
read before that day's tuning (51 of 55, no false flag), the rest once after it (27 of 31, no false flag of 87). Nothing
was changed because of them since. Floors, no accuracy in the field.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]


@pytest.fixture(scope="module")
def read_pairs(labelled: Callable[[str], Pairs]) -> Pairs:
    return labelled("unseen.jsonl")


def test_nine_lures_of_ten_are_flagged(read_pairs: Pairs) -> None:
    missed = [text.id for text, reading in read_pairs if text.label and not reading.flagged]
    assert len(missed) <= 8, missed


def test_hardly_any_lawful_advert_is_flagged(read_pairs: Pairs) -> None:
    lawful = [(text, reading) for text, reading in read_pairs if not text.label and text.stance in ("OFFER", "OTHER")]
    assert len(lawful) > 80
    assert len([text.id for text, reading in lawful if reading.flagged]) <= 1


def test_who_warns_reports_asks_or_talks_is_not_flagged(read_pairs: Pairs) -> None:
    others = [(text, reading) for text, reading in read_pairs if text.stance in ("WARN", "NEWS", "SEEK", "DISCUSS")]
    assert len(others) > 50
    assert not [text.id for text, reading in others if reading.flagged]
