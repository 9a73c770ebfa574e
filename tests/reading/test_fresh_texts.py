"""80 of 240 invented texts by a hand that had seen nothing of the reader: 30 lures, 50 lawful or about lures.

Written on 29 November 2026; the ky, kk, uz, tg and tk ones by a non-native, for review. All 240 were read first by the
reader as it then was: recall 79 of 85, false flags 5 of 155. Then their errors were looked at, and what generalises was
mended; the other 160 are in nlp/data/seed/more_train.jsonl. Floors, no accuracy in the field.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]


@pytest.fixture(scope="module")
def read_pairs(labelled: Callable[[str], Pairs]) -> Pairs:
    return labelled("fresh_dev.jsonl")


def test_hardly_any_lure_is_missed(read_pairs: Pairs) -> None:
    missed = [text.id for text, reading in read_pairs if text.label and not reading.flagged]
    assert len(missed) <= 2, missed


def test_hardly_any_other_text_is_flagged(read_pairs: Pairs) -> None:
    flagged = [text.id for text, reading in read_pairs if not text.label and reading.flagged]
    assert len(flagged) <= 1, flagged
