"""Words torn apart, or spelled letter by letter and run together, are read as what they say, where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chyrak.records import Reading, State
from chyrak.text import fold
from nlp.lexicon import load_lexicon
from nlp.lexicon.mend import mend
from nlp.lexicon.tokens import Tokens, tokenise

Mended = Callable[[str], tuple[str, Tokens]]


@pytest.fixture(scope="module")
def mended() -> Mended:
    matcher = load_lexicon().matcher

    def found(text: str) -> tuple[str, Tokens]:
        folded = fold(text)
        tokens = tokenise(folded.text)
        return folded.text, mend(tokens, matcher.forms(tokens), matcher.words, folded)[0]

    return found


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("пас порт сдаёте", ["паспорт", "сдаете"]),
        ("кра сивые", ["красивые"]),
        ("оп ыта", ["опыта"]),
        ("рабо таете", ["работаете"]),
        ("п а с п о р т у а д м и н а", ["паспорту", "админа"]),
        ("К ы з д а р к е р е к", ["кыздар", "керек"]),
        ("п  а  с  п  о  р  т   у нас", ["паспорт", "у", "нас"]),
    ],
)
def test_a_torn_or_run_together_word_is_read_as_what_it_says(mended: Mended, written: str, read: list[str]) -> None:
    assert mended(written)[1].words == read


@pytest.mark.parametrize(
    "text",
    ["вы платите сами", "про работу спросите", "ждём на вахту", "не едем", "бір данасы", "за обедом", "по рядку"],
)
def test_neighbours_that_are_words_stay_two(mended: Mended, text: str) -> None:
    assert len(mended(text)[1].words) == len(text.split())


def test_the_evidence_of_a_torn_word_is_the_original_stretch(read_text: Callable[[str], Reading]) -> None:
    text = "Девушки в Дубай, пас порт сдаёте нам"
    kept = next(item for item in read_text(text).indicators if item.id == "I24")
    assert kept.state is State.PRESENT
    assert "пас порт" in kept.spans[0].text


@given(st.text(st.sampled_from("паспортдевушкиqizlar ңөү.  -1'"), max_size=120))
def test_mended_tokens_are_in_order_and_lose_no_letter(mended: Mended, text: str) -> None:
    folded, tokens = mended(text)
    letters = [sign for sign in folded if sign.isalpha()]
    assert [sign for word in tokens.words for sign in word if sign.isalpha()] == letters
    ends = [0, *tokens.ends]
    assert all(before <= start < end for before, start, end in zip(ends, tokens.starts, tokens.ends, strict=False))
