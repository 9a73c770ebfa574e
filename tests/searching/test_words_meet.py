"""Which written forms count as the same word, and that tokens lead back to the original text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import tokens


def _meets(asked: str, written: str, *, cross_script: bool = True) -> bool:
    return bool(set(tokens(asked)[0].sought(cross_script)) & set(tokens(written)[0].lexemes))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("паспортту", "паспорт"),
        ("паспортуңуз", "паспортту"),
        ("паспорттардын", "паспорт"),
        ("pasportlarini", "pasport"),
        ("pasportlaryny", "pasport"),
        ("паспортларини", "pasport"),
        ("passport", "паспорт"),
        ("ўзбек", "o'zbek"),
        ("oʻzbeklar", "o‘zbek"),
        ("узбек", "ўзбек"),
        ("ozbek", "o'zbek"),
        ("kazak", "қазақ"),
        ("казак", "қазақ"),
        ("қазақтардан", "қазақ"),
        ("кызга", "кыз"),
        ("қыздар", "кыз"),
        ("ишке", "иш"),
        ("жумушчуларга", "жумушчу"),
        ("ошко", "Ошто"),
        ("бишкекке", "бишкекте"),
        ("шиносномаро", "шиноснома"),
        ("ҷавон", "чавон"),
        ("моҳ", "мох"),
        ("işçiler", "işçi"),
        ("işçi", "isci"),
        ("Türkiýede", "turkiye"),
        ("работу", "rabota"),
        ("девушек", "девушка"),
        ("рынка", "рынок"),
        ("отцу", "отец"),
        ("ещё", "еще"),
        ("Дубайда", "Dubai"),
        ("паспорт", "пас\u00adпорт"),
        ("ＶＩＳＡ", "visa"),
        ("yosh", "ёш"),
        ("йўл", "yo‘l"),
    ],
)
def test_forms_of_one_word_meet_whichever_is_asked_for(first: str, second: str) -> None:
    assert _meets(first, second)
    assert _meets(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("карта", "кара"),
        ("команда", "командир"),
        ("паспорт", "спорт"),
        ("девушка", "дедушка"),
        ("еще", "ёш"),
        ("виза", "визг"),
        ("is", "iş"),
        ("работа", "рабство"),
        ("кыз", "кыш"),
        ("1500", "150"),
    ],
)
def test_different_words_do_not_meet(first: str, second: str) -> None:
    assert not _meets(first, second)
    assert not _meets(second, first)


def test_other_scripts_are_left_out_when_asked() -> None:
    assert not _meets("rabota", "работа", cross_script=False)
    assert not _meets("ўзбек", "o'zbek", cross_script=False)
    assert _meets("казак", "қазақ", cross_script=False)


def test_a_likely_spelling_in_the_other_script_is_known() -> None:
    assert tokens("йўл")[0].transliterated == tokens("yo'l")[0].surface
    assert tokens("qizlar")[0].transliterated == tokens("қизлар")[0].surface
    assert tokens("opyta")[0].transliterated == "опыта"
    assert tokens("1500")[0].transliterated == ""


def test_two_threads_stem_at_once_without_mixing_their_words() -> None:
    from concurrent.futures import ThreadPoolExecutor

    words = [f"работающими{letter}{other}" for letter in "абвгдежзик" for other in "лмнопрстуф"]
    expected = {word: tokens(word.upper())[0].lexemes for word in words[:1]}
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(words * 4, pool.map(lambda word: tokens(word)[0].lexemes, words * 4), strict=True))
    assert found[words[0]] == expected[words[0]]
    assert all(lexemes[0].endswith(".c") for lexemes in found.values())


_letters = st.text(alphabet="абвгқңөўҳәіЁйa'bqşçoʻxyz01 -.,\n\u00ad\u200b😀ﬁ½", max_size=80)


@settings(max_examples=300, deadline=None)
@given(_letters)
def test_tokens_lie_in_the_text_in_order_and_say_the_same_alone(text: str) -> None:
    found = tokens(text)
    last = 0
    for token in found:
        assert last <= token.start < token.end <= len(text)
        assert token.surface
        assert not any(c.isspace() for c in token.surface)
        assert token.lexemes
        assert not any(c.isspace() for lexeme in token.lexemes for c in lexeme)
        last = token.start


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_analysed(text: str) -> None:
    for token in tokens(text):
        assert token.sought(True)
        assert set(token.sought(False)) <= set(token.sought(True)) or not token.transliterated
