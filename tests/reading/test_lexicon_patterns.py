from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chyrak.errors import AskOperator
from chyrak.text import fold
from nlp.lexicon import Matcher, Row, load_lexicon
from nlp.lexicon.letters import skeleton, uzbek_cyrillic
from nlp.lexicon.pack import STARTER
from nlp.lexicon.pattern import ClassOf, PatternFault, Word, parse
from nlp.lexicon.tokens import tokenise

CLASSES = {"mult": {"ru": ("тыс", "к!")}, "cur": {"ru": ("руб*", "$")}, "boss": {"ru": ("прораб*",)}}


def found(pattern: str, text: str, language: str = "ru") -> bool:
    matcher = Matcher([Row("X", "present", language, pattern)], CLASSES)
    return bool(matcher.find(tokenise(fold(text).text)))


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("паспорт*", "паспортами", True),
        ("паспорт", "паспортами", False),
        ("паспорт*", "загранпаспорт", False),
        ("сда* (паспорт*|документ*)", "сдаём документы", True),
        ("паспорт .. прораб*", "паспорт тогда лежит у прораба", True),
        ("паспорт .. прораб*", "паспорт тут лежит себе давно там прораб", False),
        ("паспорт .. прораб*", "паспорт. Прораб добрый", False),
        ("паспорт ~ {boss}", "у прораба ваш паспорт", True),
        ("от {n}{cur} в неделю", "от 150 тыс руб в неделю", True),
        ("от {n}{cur} в неделю", "от 300-500$ в неделю", True),
        ("от {n}{cur} в неделю", "от начала в неделю", False),
        ("от {n:14-17} лет", "от 16 лет", True),
        ("от {n:14-17} лет", "от 18 лет", False),
        ("возраст {n}-{n}", "возраст 18-25", True),
        ("возраст {n}-{n}", "возраст 18", False),
        ("open (a )?(bank )?card", "open card", True),
        ("100% легальн*", "100% легально", True),
        ("паспорт*", "pasport u vas", True),
        ("девуш*", "devushki", True),
    ],
)
def test_a_pattern_matches_what_its_notation_says(pattern: str, text: str, wanted: bool) -> None:
    assert found(pattern, text) is wanted


def test_words_of_stem_languages_match_their_inflections_without_a_star() -> None:
    assert found("келишим", "келишимсиз", "ky")
    assert not found("келишим!", "келишимсиз", "ky")


def test_uzbek_is_written_once_and_found_in_both_scripts() -> None:
    assert uzbek_cyrillic("yo'l") == "йўл"
    assert found("yo'l haqi bizdan", "йўл ҳақи биздан", "uz")
    assert found("yo'l haqi bizdan", "Yoʻl haqi bizdan", "uz")


def test_a_lazy_keyboard_is_understood() -> None:
    assert found("құжат*", "кужатынызды", "kk")


def test_sounds_of_both_scripts_meet() -> None:
    assert skeleton("жумуш") == skeleton("jumush")
    assert skeleton("вахта") == skeleton("vaxta")


@pytest.mark.parametrize(
    "pattern", ["паспорт* (сда*", "сда*)", "a | b", "~ паспорт", "{нет}", "паспорт ..", "(a|)", "а ? б"]
)
def test_a_faulty_pattern_names_its_column_and_what_is_allowed(pattern: str) -> None:
    with pytest.raises(PatternFault, match=r"column \d+: .*Allowed: "):
        parse(pattern)


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_a_named_fault(pattern: str) -> None:
    columns = [1]
    try:
        parse(pattern)
    except PatternFault as fault:
        columns.append(fault.column)
    assert min(columns) >= 1


def _pack(folder: Path, text: str, name: str = "I24") -> Path:
    (folder / "indicators").mkdir(parents=True)
    (folder / "indicators" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def _starter_with(folder: Path, how: str, pattern: str) -> Path:
    text = (STARTER / "indicators" / "I24.yaml").read_text(encoding="utf-8")
    head = text[: text.index("patterns:")]
    body = f'how: {how}\npatterns:\n  ru:\n    - confidence: H\n      from: test\n      match: ["{pattern}"]\n'
    return _pack(folder, head + body)


def test_a_pattern_fault_in_a_pack_names_file_line_and_column(tmp_path: Path) -> None:
    pack = _starter_with(tmp_path / "pack", "add", "паспорт* (сда*")
    with pytest.raises(AskOperator, match=r"I24\.yaml:\d+: pattern .*column 10"):
        load_lexicon((pack,))


def test_a_private_pack_adds_rows_or_replaces_an_indicator(tmp_path: Path) -> None:
    added = load_lexicon((_starter_with(tmp_path / "add", "add", "сургучн* печат*"),))
    replaced = load_lexicon((_starter_with(tmp_path / "replace", "replace", "сургучн* печат*"),))
    for lexicon, old_too in ((added, True), (replaced, False)):
        assert lexicon.find(fold("сургучная печать")).has("I24", "present")
        assert lexicon.find(fold("паспорт в залог")).has("I24", "present") is old_too


def test_a_second_file_for_an_indicator_must_say_how(tmp_path: Path) -> None:
    pack = _pack(tmp_path / "pack", (STARTER / "indicators" / "I24.yaml").read_text(encoding="utf-8"))
    with pytest.raises(AskOperator, match="how: add"):
        load_lexicon((pack,))


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    text = (STARTER / "indicators" / "I24.yaml").read_text(encoding="utf-8").replace("weight:", "wieght:", 1)
    with pytest.raises(AskOperator, match=r"I24\.yaml:\d+"):
        load_lexicon((_pack(tmp_path / "pack", text),))


def test_a_missing_pack_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(AskOperator, match="no such lexicon pack"):
        load_lexicon((tmp_path / "nowhere",))


def test_the_starter_pack_holds_forty_indicators_in_seven_languages_marked_where_unreviewed() -> None:
    lexicon = load_lexicon()
    assert len(lexicon.indicators) == 40
    for file in lexicon.indicators.values():
        assert {"ru", "ky", "kk", "uz", "tg", "tk"} <= set(file.patterns), file.id
    rows = [
        row for row in lexicon.matcher.rows if row.language in ("ky", "kk", "uz", "tg", "tk") and row.sense == "present"
    ]
    assert rows
    assert not any(row.reviewed for row in rows)


def test_a_word_is_never_taken_for_a_number_class_of_the_same_letters() -> None:
    assert len({Word("n", prefix=False, exact=True), ClassOf("n", 0, 1)}) == 2
