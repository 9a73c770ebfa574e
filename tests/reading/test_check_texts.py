"""180 invented texts that no rule was written from: terse, subtle and disguised lures beside lawful look-alikes.

Written on 28 November 2026 before that day's tuning; the ky, kk, uz, tg and tk ones by a non-native, for review. Read
first by the reader as it then was: recall 64 of 72, false flags 2 of 108. The texts of even number were never looked at
one by one. Floors, no accuracy in the field.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]


@pytest.fixture(scope="module")
def read_pairs(labelled: Callable[[str], Pairs]) -> Pairs:
    return labelled("check.jsonl")


@pytest.mark.parametrize("lang", ["ru", "ky", "kk", "uz", "tg", "tk", "en"])
def test_few_lures_of_any_language_are_missed(read_pairs: Pairs, lang: str) -> None:
    flags = [reading.flagged for text, reading in read_pairs if text.label and text.lang.startswith(lang)]
    assert sum(flags) >= len(flags) - (2 if lang == "ru" else 1)


def test_lawful_look_alikes_are_hardly_ever_flagged(read_pairs: Pairs) -> None:
    flagged = [text.id for text, reading in read_pairs if not text.label and reading.flagged]
    assert len(flagged) <= 2, flagged


def test_warnings_news_seekers_and_fiction_are_not_flagged(read_pairs: Pairs) -> None:
    assert not [t.id for t, reading in read_pairs if t.stance != "OFFER" and reading.flagged]
