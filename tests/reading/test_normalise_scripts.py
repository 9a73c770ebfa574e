"""Words in another script: Uzbek both ways, and Latin typing met by Cyrillic patterns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chyrak.scripts import coarse, coarse_view, latin_view, to_cyrillic_uzbek, to_latin_uzbek, transliterate_pattern
from chyrak.text import fold


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("yo'l kira", "йўл кира"),
        ("o'zbek qizlari", "ўзбек қизлари"),
        ("ishga taklif", "ишга таклиф"),
        ("g'isht zavodi", "ғишт заводи"),
        ("choyxona", "чойхона"),
        ("e'lon", "эълон"),
        ("hech kimga", "ҳеч кимга"),
        ("yigitlar", "йигитлар"),
        ("poezd", "поэзд"),
        ("kerak emas", "керак эмас"),
    ],
)
def test_uzbek_goes_both_ways(latin: str, cyrillic: str) -> None:
    assert to_cyrillic_uzbek(latin) == cyrillic
    assert to_latin_uzbek(cyrillic) == latin


def test_a_pattern_keeps_its_names_and_signs() -> None:
    assert (
        transliterate_pattern("(bilet*|viza*) bepul .. {dest} {n:14-17}") == "(билет*|виза*) бепул .. {dest} {n:14-17}"
    )


@pytest.mark.parametrize(
    ("typed", "pattern"),
    [
        ("rabota", "работа"),
        ("bez opita", "без опыта"),
        ("bez opyta", "без опыта"),
        ("vixodnoy", "выходной"),
        ("vyhodnoi", "выходной"),
        ("jil'yo", "жилье"),
        ("zhilyo", "жилье"),
        ("pitaniye", "питание"),
        ("trebuetsya", "требуется"),
        ("devushki", "девушки"),
        ("vyezd", "выезд"),
        ("viezd", "выезд"),
        ("kelishim", "келишим"),
        ("jatar jay", "жатар жай"),
        ("kyzdar", "кыздар"),
        ("kizdar", "кыздар"),
        ("jumush", "жумуш"),
        ("aqsha", "ақша"),
        ("jataqhana", "жатақхана"),
        ("russkiy", "русский"),
        ("Jalal-Abad", "Джалал-Абад"),
    ],
)
def test_what_is_typed_in_latin_letters_meets_the_cyrillic_pattern(typed: str, pattern: str) -> None:
    assert coarse(fold(typed).text) == coarse(fold(pattern).text)


@given(st.text(st.sampled_from("shchzyiejotsngaо'яюьйиедж \u200bЁ"), max_size=40))
@settings(max_examples=300, deadline=None)
def test_views_keep_true_offsets(text: str) -> None:
    folded = fold(text)
    for view, spelled in (
        (coarse_view(folded), coarse(folded.text)),
        (latin_view(folded), to_latin_uzbek(folded.text)),
    ):
        assert view.text == spelled
        offsets = list(view.offsets)
        assert len(offsets) == len(view.text) + 1
        assert offsets == sorted(offsets)
        assert offsets[-1] == len(text)


def test_a_match_in_a_view_is_shown_in_the_original() -> None:
    text = "Rabota: pitaniye i jil'yo za schet firmi"
    view = coarse_view(fold(text))
    start = view.text.index(coarse("питание"))
    first, last = view.span(start, start + len(coarse("питание")))
    assert text[first:last] == "pitaniye"
