"""What the folded view promises: every disguise undone, every offset true, any input taken."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chyrak.text import Folded, fold, lazy, words

ALPHABETS = {
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "ky": "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя",
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "uz": "abdefghijklmnopqrstuvxyz'абвгдеёжзийклмнопрстуфхцчшъэюяўқғҳ",
    "tg": "абвгғдеёжзийӣкқлмнопрстуӯфхҳчҷшъэюя",
    "tk": "abçdeäfghijžklmnňoöprsştuüwyýz",
    "en": "abcdefghijklmnopqrstuvwxyz",
}
LETTERS = "".join(sorted(set("".join(ALPHABETS.values()))))
HIDING = "\u200b\u200d\ufeff\u00ad\ufe0f\u2800\u0301\u0336OoОо0346@^.- ᴀʙᴛαορHKTмnu💵➕№ﬁ½İ\ud800\x00\u202e"
typed = st.text(st.sampled_from(LETTERS + LETTERS.upper() + HIDING + "0123456789 .,\n"), max_size=60)
anything = st.one_of(typed, st.text(st.characters(codec=None), max_size=60))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("опыт нe нужeн", "опыт не нужен"),
        ("yдaлённo", "удаленно"),
        ("лuчные деньги, цuфровой", "личные деньги, цифровой"),
        ("мεсяц рαботы", "месяц работы"),
        ("ᴨиɯи ʙ ᴧс", "пиши в лс"),
        ("Ꭺнталья Ꮶемер", "анталья кемер"),
        ("э с к о р т", "эскорт"),
        ("в.а.ц.а.п", "вацап"),
        ("Т.e.л.е.г.а", "телега"),
        ("ра\u200bбо\u00adта", "работа"),
        ("Нев3сты и в1за", "невесты и виза"),
        ("Нужна H0CTEC в клуб", "нужна ностес в клуб"),
        ("6ез 0пыта", "без опыта"),
        ("К0нтр@кт", "контракт"),
        ("з@ нас", "за нас"),
        ("2OOO сом, 1З4, 5О", "2000 сом, 134, 50"),
        ("150к и 75т.р", "150к и 75т.р"),
        ("6️⃣0️⃣ днeй", "60 дней"),
        ("1500💵", "1500$"),
        ("20➖28, жду ➕", "20-28, жду +"),
        ("oʻzbek, gʼarb, yoʼq, bo`lsa, sunʼiy", "o'zbek, g'arb, yo'q, bo'lsa, sun'iy"),
        ("o^храна де^порт", "охрана депорт"),
        ("p4tent b1let M0skva", "patent bilet moskva"),
        ("T@il@nd", "tailand"),
        ("Enаgа kerаk", "enaga kerak"),
        ("𝐑𝐚𝐛𝐨𝐭𝐚 🅆🄾🅁🄺 🅰🅱", "rabota work ab"),
        ("İŞ GEREK", "iş gerek"),
        ("№ 0117", "№ 0117"),
        ("Р А Б О Т А в Оше", "работа в оше"),
        ("syilaңyz", "сыілаңыз"),
    ],
)
def test_a_disguised_word_is_read_as_the_word_it_hides(written: str, read: str) -> None:
    assert fold(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "telegramга жаз",
        "hrменеджер",
        "@example_k1rta",
        "ivan.petrov@firma.example",
        "https://t.me/pacca",
        "уметь excel и word",
        "12 чел, 3к, 5тыс, 2х2, 4часа, 6ай, 6адам",
        "мессенджер max и toyota",
        "категории b c d e",
        "шаг 1. а, б, в, г",
        "iphone 14pro, mp3, b2b",
        "мужчины|женщины",
        "100 ооо компания",
        "o'zbek yigitlar",
    ],
)
def test_what_is_no_disguise_stays_as_it_is(text: str) -> None:
    folded = fold(text)
    assert folded.text == text
    assert folded.disguised == ()


def test_letters_of_their_own_stay_and_the_lazy_view_writes_them_plainly() -> None:
    folded = fold("ҚЫЗДАРҒА ЖҮМЫС, ӨҢ, Тоҷикӣ ӯ ҳ, іс, şäher ýüň")
    assert folded.text == "қыздарға жүмыс, өң, тоҷикӣ ӯ ҳ, іс, şäher ýüň"
    assert folded.lazy == "кыздарга жумыс, он, точики у х, ис, saher yun"
    assert lazy("қыз") == "кыз"


def test_decomposed_letters_are_put_together() -> None:
    assert fold("крои\u0306, бу\u0306й, еще\u0308, is\u0327").text == "крой, бўй, еще, iş"


def test_the_span_of_a_match_is_the_text_a_person_sees() -> None:
    text = "Ищем: э с к о р т, 6️⃣0️⃣ дней, рабо\u200bту, крои\u0306"
    folded = fold(text)
    for word, seen in [("эскорт", "э с к о р т"), ("60", "6️⃣0️⃣"), ("работу", "рабо\u200bту"), ("крой", "крои\u0306")]:
        start = folded.text.index(word)
        first, last = folded.span(start, start + len(word))
        assert text[first:last].rstrip("\ufe0f\u20e3") == seen.rstrip("\ufe0f\u20e3")


def test_disguised_words_are_counted_among_all_words() -> None:
    folded = fold("Требуется pa6отник в рaботу, э с к о р т")
    assert [folded.original[a:b] for a, b in folded.disguised] == ["pa6отник", "рaботу", "э с к о р т"]
    assert folded.word_count == 5
    assert folded.disguise_share == pytest.approx(3 / 5)
    assert fold("обычный текст").disguise_share == 0.0
    assert fold("").disguise_share == 0.0


def test_words_keep_uzbek_apostrophes() -> None:
    folded = fold("O‘g‘il bo`lsa, yo'q — 25 yosh")
    assert [word for word, _, _ in words(folded)] == ["o'g'il", "bo'lsa", "yo'q", "25", "yosh"]
    assert all(folded.text[start:end] == word for word, start, end in words(folded))


def _check(folded: Folded) -> None:
    offsets = list(folded.offsets)
    assert len(offsets) == len(folded.text) + 1
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(folded.original) for offset in offsets[:-1])
    assert offsets[-1] == len(folded.original)
    assert len(folded.lazy) == len(folded.text)
    for start, end in folded.disguised:
        assert 0 <= start < end <= len(folded.original)


@given(anything)
@settings(max_examples=500, deadline=None)
@example("\ud800\x00\u202e")
@example("и\u200b\u0306")
@example("\uffff\ufffe")
def test_offsets_are_ordered_total_and_within_the_original(text: str) -> None:
    folded = fold(text)
    _check(folded)
    for start in range(len(folded.text)):
        first, last = folded.span(start, start + 1)
        assert 0 <= first < last <= len(text)


@given(anything)
@settings(max_examples=1500, deadline=None)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@pytest.mark.parametrize("language", ALPHABETS)
def test_every_letter_of_every_alphabet_survives(language: str) -> None:
    for letter in ALPHABETS[language]:
        for form in (letter, letter.upper()):
            assert fold(form).text == letter.replace("ё", "е")
            assert len(fold(f"{form}{form}{form}").text) == 3


@given(st.text(st.sampled_from(LETTERS + LETTERS.upper() + " "), max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_letter_is_ever_dropped(text: str) -> None:
    assert sum(map(str.isalpha, fold(text).text)) == sum(map(str.isalpha, text))


@pytest.mark.parametrize(
    "text",
    [
        "а" * 1_000_000,
        "o" * 1_000_000,
        "0" * 1_000_000,
        "а " * 100_000,
        "а.б " * 50_000,
        "\u200b" * 200_000,
        "а\u0301" * 100_000,
        "аa" * 100_000,
        "@" * 200_000,
        "😀" * 100_000,
        "\ud800" * 100_000,
        "'" * 100_000,
        "0o " * 30_000,
        "a c e " * 30_000 + "ж",
    ],
    ids=lambda text: f"{len(text)}-{text[:3]!a}",
)
@pytest.mark.timeout(20)
def test_a_heap_of_anything_is_folded_before_anybody_tires_of_waiting(text: str) -> None:
    _check(fold(text))
