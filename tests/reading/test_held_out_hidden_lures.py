"""Sets of invented texts held against the reader whose lures are mostly disguised, subtle or under fifteen words.

Each but the last by hands that saw nothing of the reader, on 29 November 2026 where nothing else is said; the ky, kk,
uz, tg and tk ones by a non-native, for review. No text was looked at but the three named here. Floors, no accuracy in
the field.

held_out_second: 99 lures, 127 others. Before that day's work 72 lures (plain 18 of 18, subtle 20 of 22, disguised 12 of
28, short 22 of 31) and 1 other were flagged. A false flag among the warnings, on the way, made us write warnings of our
own and cues for them; later one among the news made us add words of police news.

held_out_third: 90 lures, 110 others. When first read, 70 lures (plain 15 of 15, subtle 21 of 25, disguised 23 of 30,
short 11 of 20) and 2 others were flagged. Its figures chose between two sets of texts to learn from.

held_out_fourth: 141 lures, 293 others, most of them as near to a lure as an honest text can be; by six hands, who wrote
most of P to Y in more_train.jsonl too. When first read, 123 lures and 28 others were flagged. Its figures, with those
of the others, spoke against a higher bar for level 2 at that time.

held_out_fifth: 533 lures, 1,320 others, 583 of them campaigns and warnings, most of which quote a lure; by 39 hands,
who wrote the texts from BA to JG in more_train.jsonl too. The reader before that work flagged 458 lures and 124 others,
94 of them campaigns and warnings. Its figures, with those of the others, chose the texts to learn from and a bar of 0.6
in place of one half.

held_out_sixth: 600 lures, 1,097 others, 322 of them campaigns and warnings; by 46 hands, who wrote the texts from KA to
PF in more_train.jsonl too. The reader before that work flagged 540 lures and 48 others, 30 of them campaigns and
warnings. Its figures, with those of the others, chose that halves of texts teach.

held_out_seventh: 715 lures, 865 others, all texts of nine hands, so that no text of theirs teaches: a reader knows the
habits of most hands above, and reads them better than it would read unknown ones. The reader before that work flagged
631 lures and 36 others. Figures of two of the hands, among sixteen others, chose that every clause teaches.

held_out_eighth: 425 lures, 635 others, all texts of six hands of 30 November 2026. The reader before that work flagged
388 lures and 11 others; of the one hand that wrote on money and identity 57 of 90 lures. One text was seen, a joke that
it flagged.

held_out_ninth: 240 lures, 448 others, all texts of four more hands of that day. The reader before that work flagged 207
lures, of the one hand that wrote errands of money and identity 50 of 79, and 18 others, 10 of them of the one that
wrote campaigns and warnings.

held_out_tenth: 254 lures, 536 others, all texts of four more hands of that day. The reader before that work, whose
second layer added up what each sign says, flagged 235 lures, of the one hand that wrote small tasks for strangers 78 of
95, and 7 others.

held_out_eleventh: 402 lures, 678 others, all texts of five more hands of that day. The reader before that work flagged
398 lures and 11 others.

held_out_chat: 550 texts, all of two hands, of what chats are full of and no one recruits with. The reader that had met
few such texts flagged 21 of them.

held_out_adversarial: 225 lures, 254 others, all texts of two hands who had that reader before them as they wrote and
went on with what it got wrong. It flagged 205 lures and 14 others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from chyrak.records import Reading
from nlp.training.seed import SeedText

Pairs = list[tuple[SeedText, Reading]]
OPEN, HIDDEN = ("lure_plain", "lure_subtle"), ("lure_short", "lure_disguised")


def _flags(pairs: Pairs, slices: Sequence[str]) -> list[bool]:
    return [reading.flagged for text, reading in pairs if text.slice in slices]


@pytest.mark.parametrize(
    ("file", "slices", "texts", "floor"),
    [
        ("held_out_second.jsonl", OPEN, 40, 38),
        ("held_out_second.jsonl", HIDDEN, 59, 41),
        ("held_out_third.jsonl", OPEN, 40, 35),
        ("held_out_third.jsonl", HIDDEN, 50, 38),
        ("held_out_fourth.jsonl", ("lure",), 141, 125),
        ("held_out_fifth.jsonl", ("lure",), 533, 480),
        ("held_out_sixth.jsonl", ("lure",), 600, 537),
        ("held_out_seventh.jsonl", ("lure",), 715, 680),
        ("held_out_eighth.jsonl", ("lure",), 425, 388),
        ("held_out_ninth.jsonl", ("lure",), 240, 214),
        ("held_out_tenth.jsonl", ("lure",), 254, 230),
        ("held_out_eleventh.jsonl", ("lure",), 402, 388),
        ("held_out_adversarial.jsonl", ("lure",), 225, 206),
    ],
)
def test_open_lures_are_flagged_and_most_of_the_hidden(
    labelled: Callable[[str], Pairs], file: str, slices: Sequence[str], texts: int, floor: int
) -> None:
    flags = _flags(labelled(file), slices)
    assert len(flags) == texts
    assert sum(flags) >= floor


@pytest.mark.parametrize(
    ("file", "most", "never"),
    [
        ("held_out_second.jsonl", 3, {"campaign", "news", "seeker", "discussion"}),
        ("held_out_third.jsonl", 5, {"campaign", "news"}),
        ("held_out_fourth.jsonl", 20, {"news"}),
        ("held_out_fifth.jsonl", 52, {"news"}),
        ("held_out_sixth.jsonl", 40, {"news", "seeker"}),
        ("held_out_seventh.jsonl", 25, {"campaign", "news", "seeker"}),
        ("held_out_eighth.jsonl", 12, {"news", "seeker"}),
        ("held_out_ninth.jsonl", 20, {"news", "seeker"}),
        ("held_out_tenth.jsonl", 10, {"news", "seeker"}),
        ("held_out_eleventh.jsonl", 14, {"news", "seeker"}),
        ("held_out_chat.jsonl", 11, set()),
        ("held_out_adversarial.jsonl", 18, {"campaign", "news"}),
    ],
)
def test_hardly_any_other_is_flagged_and_none_of_the_kinds_the_reader_is_sure_of(
    labelled: Callable[[str], Pairs], file: str, most: int, never: set[str]
) -> None:
    flagged = [text.slice for text, reading in labelled(file) if not text.label and reading.flagged]
    assert len(flagged) <= most
    assert not never & set(flagged)


@pytest.mark.parametrize(
    ("file", "texts", "most"), [("held_out_fifth.jsonl", 583, 34), ("held_out_sixth.jsonl", 322, 27)]
)
def test_of_campaigns_and_warnings_that_quote_a_lure_few_are_flagged(
    labelled: Callable[[str], Pairs], file: str, texts: int, most: int
) -> None:
    flags = _flags(labelled(file), ("campaign", "warning"))
    assert len(flags) == texts
    assert sum(flags) <= most
