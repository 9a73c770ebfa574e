"""Languages of a text: short, mixed, disguised, typed plainly; and what the model is held to on outside sentences."""

from __future__ import annotations

import csv
import gzip
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chyrak.text import fold, lazy
from nlp.components.language_model import LONGEST_NGRAM, hashed, hashed_few, language_model, words_of
from nlp.components.languages import find_languages, identify
from nlp.training.languages import measure
from tests.conftest import missing

OURS = ("ru", "ky", "kk", "uz", "tg", "tk", "en")


def spoken(text: str) -> tuple[str, ...]:
    return find_languages(fold(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Требуются рабочие на склад, опыт не нужен, жильё предоставляем", "ru"),
        ("Астраханга талаага он эки адам керек, тамак даяр, келишим жок", "ky"),
        ("Тігін цехына мамандар керек, жалақы айына екі рет төленеді", "kk"),
        ("Тигин цехына мамандар керек, жалакы айына еки рет толенеди", "kk"),
        ("Moskvaga sklad ishiga odam olamiz, oyiga yaxshi maosh beriladi", "uz"),
        ("Москвага склад ишига одам оламиз, ойига яхши маош берилади", "uz"),
        ("Ба сохтмони хонаҳо коргарон лозим, ҷои хоб ҳаст", "tg"),
        ("Барои коргарон чои хоб ва хурок хаст, маошро сари вакт медихем", "tg"),
        ("Gurluşyga işçiler gerek, ýatak ýer we nahar bizden, aýlyk wagtynda", "tk"),
        ("Gurlushyga ishchiler gerek, yatak yer we nahar bizden, aylyk wagtynda", "tk"),
        ("We are looking for cleaners and drivers, visa and ticket are paid", "en"),
        ("rabota v dubae dlya devushek bez opyta, zhilye i bilet besplatno", "ru"),
        ("Jazgy demalysta jumys, balalar piyaz jinauga kerek, tolemi jaz sonynda", "kk"),
        ("Moskvaga skladga jigirma kishi kerek, jatar jay akysyz, kelishim bar", "ky"),
        ("paбoтa для дeвушeк, oпыт нe нужeн, жильё прeдoстaвляeм", "ru"),
    ],
)
def test_the_first_language_is_the_one_it_is_written_in(text: str, language: str) -> None:
    assert spoken(text)[0] == language


def test_an_advert_in_two_languages_has_both() -> None:
    text = (
        "Срочно набираем сотрудников на склад в Подмосковье, оплата без задержек каждые две недели, звоните сегодня. "
        "Жатакана жана үч маал тамак бизден, жол кирени өзүбүз төлөйбүз, келгиле кыз-келиндер, эртең чыгабыз."
    )
    assert set(spoken(text)) == {"ru", "ky"}


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("", ()),
        ("12345 +996 555 000 112", ()),
        ("склад", ()),
        ("ўт", ("uz",)),
        ("ҷой", ("tg",)),
        ("💵💵💵", ()),
        ("@example_name https://t.me/example_name", ()),
    ],
)
def test_too_short_a_text_is_unknown_unless_its_letters_decide(text: str, languages: tuple[str, ...]) -> None:
    assert spoken(text) == languages


def test_neighbouring_languages_are_reported_as_other() -> None:
    assert spoken("Yeni bir iş arıyorum, lütfen bana yardım edin, çok teşekkür ederim arkadaşlar") == ("other",)
    assert identify("Шукаю роботу водія, будь ласка, телефонуйте мені завтра вранці або ввечері")[0] == "uk"


def test_the_model_file_is_small_and_holds_no_text() -> None:
    model = language_model()
    assert set(OURS) < set(model.labels)
    assert model.weights.shape == (65_536, len(model.labels))
    assert np.isfinite(model.weights).all()
    path = Path(__file__).parents[2] / "nlp" / "data" / "languages.npz"
    assert path.stat().st_size <= 2_000_000


def test_a_word_has_the_same_n_grams_wherever_it_stands() -> None:
    alone, _ = hashed(["abc"], 1024)
    buckets, starts = hashed(["xyzzy", "abc", "a"], 1024)
    assert buckets[starts[1] : starts[2]].tolist() == alone.tolist()


@given(st.lists(st.text(st.characters(codec=None, exclude_characters=" "), min_size=1, max_size=9), min_size=1))
@settings(max_examples=100, deadline=None)
def test_no_n_gram_of_any_words_is_lost_and_none_reaches_across_a_blank(words: list[str]) -> None:
    buckets, starts = hashed(words, 1024)
    sizes = [len(word) + 2 for word in words]
    expected = [sum(max(0, size - n + 1) for n in range(1, LONGEST_NGRAM + 1)) - 2 for size in sizes]
    assert np.diff([*starts, len(buckets)]).tolist() == expected


@given(st.lists(st.text(st.characters(codec=None, exclude_characters=" "), min_size=1, max_size=9), min_size=1))
@settings(max_examples=100, deadline=None)
def test_a_few_words_are_hashed_as_many_are(words: list[str]) -> None:
    for few, many in zip(hashed_few(words, 1024), hashed(words, 1024), strict=True):
        assert few.tolist() == many.tolist()


def test_a_text_reads_the_same_whatever_was_read_before() -> None:
    texts = ["Требуются рабочие на склад, опыт не нужен", "Астраханга талаага он эки адам керек", "we hire, керек"]
    before = [identify(text) for text in texts]
    language_model().weigh(" ".join(f"сөз{n}" for n in range(1500)))
    assert [identify(text) for text in reversed(texts)] == before[::-1]


def test_what_is_remembered_stays_bounded() -> None:
    model = language_model()
    for start in range(0, 200_000, 1000):
        model.weigh(" ".join(f"{n:x}-ғой" for n in range(start, start + 1000)))
        assert len(model._memory.rows) <= 125_000
    assert identify("Требуются рабочие на склад, опыт не нужен")[0] == "ru"


def test_addresses_are_no_language() -> None:
    assert words_of("пиши @example_name на t.me/example и rabota@firma.example") == ["пиши", "на", "и"]


@given(st.text(st.characters(codec=None), max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_some_answer(text: str) -> None:
    found = spoken(text)
    assert len(set(found)) == len(found)
    assert set(found) <= {*OURS, "other"}


@pytest.mark.parametrize(
    "text", ["", "а" * 1_000_000, "а " * 100_000, "\ud800" * 1000, "слово " * 20_000, "😀" * 50_000]
)
@pytest.mark.timeout(20)
def test_any_heap_of_letters_is_read(text: str) -> None:
    spoken(text)


@pytest.fixture(scope="module")
def sib_test(outside_data: Path) -> Mapping[str, Sequence[str]]:
    """SIB-200 test sentences by language: share-alike, so only ever measured with."""
    texts: dict[str, list[str]] = {}
    for label in OURS:
        with gzip.open(outside_data / "lang" / "sib200" / f"{label}.tsv.gz", "rt", encoding="utf-8") as rows:
            texts[label] = [
                row["text"]
                for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["split"] == "test"
            ]
    return texts


def _label(text: str) -> str:
    return identify(text)[0]


def test_whole_sentences_from_outside_are_told_apart(sib_test: Mapping[str, Sequence[str]]) -> None:
    scores = measure(_label, sib_test)
    assert scores["mean"] >= 0.99, scores


def test_twenty_letters_are_mostly_enough(sib_test: Mapping[str, Sequence[str]]) -> None:
    assert measure(_label, sib_test, length=20)["mean"] >= 0.925


def test_kazakh_and_turkmen_typed_plainly_are_still_known(sib_test: Mapping[str, Sequence[str]]) -> None:
    plain = {label: [lazy(fold(text).text) for text in texts] for label, texts in sib_test.items()}
    scores = measure(_label, plain)
    assert scores["kk"] >= 0.90, scores
    assert scores["tk"] >= 0.90, scores


def test_another_identifier_agrees_on_whole_sentences(sib_test: Mapping[str, Sequence[str]]) -> None:
    if importlib.util.find_spec("py3langid") is None:
        missing("py3langid is not installed", "Install it: make dev")
    other = importlib.import_module("py3langid")
    other.set_languages([*OURS, "tr", "uk", "mn"])
    pairs = [(_label(text), other.classify(text)[0]) for texts in sib_test.values() for text in texts[::4]]
    assert sum(ours == theirs for ours, theirs in pairs) >= 0.98 * len(pairs)
