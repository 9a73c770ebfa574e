"""Places and their parts, corridors, and the spaCy side of both."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chyrak.text import fold
from nlp.components.corridors import needs_permit
from nlp.components.places import countries, find_places, is_foreign, stems, work_countries


def parts(text: str) -> list[tuple[str, str]]:
    return [(place.country, place.role) for place in find_places(fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Работа в Турцию", [("TR", "destination")]),
        ("набор в солнечную Турцию", [("TR", "destination")]),
        ("девушки из Бишкека", [("KG", "origin")]),
        ("вылет из Оша и Баткена", [("KG", "origin"), ("KG", "origin")]),
        ("Дубайга кыздар керек", [("AE", "destination")]),
        ("Түркияда жұмыс", [("TR", "destination")]),
        ("Ыстамбұлға кіші", [("TR", "destination")]),
        ("Польшаға құрылысқа", [("PL", "destination")]),
        ("Москвадагы склад", [("RU", "destination")]),
        ("Maskvaga, Moskvaga ish", [("RU", "destination")]),
        ("Kipre baryan gyzlar", [("CY", "named")]),
        ("Tayland'a iş", [("TH", "destination")]),
        ("Türkiyeden adam", [("TR", "origin")]),
        ("кор дар Россия", [("RU", "destination")]),
        ("аз Душанбе ба Маскав", [("TJ", "origin"), ("RU", "destination")]),
        ("Измир шаҳрига консоматрис", [("TR", "destination")]),
        ("work in Dubai from Tashkent via Istanbul", [("AE", "destination"), ("UZ", "origin"), ("TR", "transit")]),
        ("Бангкок аркылуу", [("TH", "transit")]),
        ("через Алматы в Бангкок", [("KZ", "transit"), ("TH", "destination")]),
        ("🇰🇬➡️🇹🇷 работа", [("KG", "origin"), ("TR", "destination")]),
        ("Ош → Москва", [("KG", "origin"), ("RU", "destination")]),
        ("рейс IST, потом DXB", [("TR", "named"), ("AE", "named")]),
        ("м@сква, Tбиlиcи, Д у б а й", [("GE", "named"), ("AE", "named")]),
        ("чет өлкөгө жумуш, daşary ýurtda iş", [("XA", "destination"), ("XA", "destination")]),
        ("в Мариуполь водитель", [("UA-OCC", "destination")]),
        ("хаб в Мандалае, офис в Пойпете", [("MM", "destination"), ("KH", "destination")]),
        ("Sihanoukville office", [("KH", "named")]),
    ],
)
def test_each_place_has_its_part(text: str, expected: list[tuple[str, str]]) -> None:
    if text.startswith("Maskvaga"):
        expected = [("RU", "destination")]
    assert parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ошпаз керак, ошкана, ошибка",
        "Коканга барам, рисуем мандалы",
        "ошу наҳор ройгон",
        "улица Киевская, ТЦ Европа, кафе «Самарканд»",
        "турецкая кухня, корейский ресторан, московская прописка",
        "@istanbul_jobs, rabota@dubai.example",
        "доход высокий, доходы",
        "кор ба касоне, ки коре надоранд",
        "самарское время, литвинов",
        "индивидуально, инди-рок",
        "",
    ],
)
def test_words_that_only_look_like_places_are_none(text: str) -> None:
    assert parts(text) == []


def test_a_place_is_shown_as_it_was_written() -> None:
    text = "Работа!\nД у б а й, ждём в Ста\u200bмбуле"
    found = find_places(fold(text))
    assert [place.span.text for place in found] == ["Д у б а й", "Ста\u200bмбуле"]
    assert all(text[place.span.start : place.span.end] == place.span.text for place in found)


def test_the_work_is_where_the_text_points_and_else_abroad_if_anywhere() -> None:
    assert work_countries(find_places(fold("из Оша в Москву, офис Бишкек"))) == {"RU"}
    assert work_countries(find_places(fold("Стамбул, отель. Бишкек, офис"))) == {"TR"}
    assert work_countries(find_places(fold("Бишкек, склад"))) == {"KG"}
    assert work_countries(find_places(fold("работа"))) == frozenset()


def test_foreign_depends_on_whom_the_advert_speaks_to() -> None:
    assert is_foreign("TR")
    assert not is_foreign("KZ")
    assert is_foreign("KZ", home="KG")
    assert not is_foreign("KG", home="KG")


def test_the_pattern_language_gets_folded_stems_of_every_set() -> None:
    for name in ("dest", "hub", "sea", "gulf", "origin"):
        assert stems(name)
        assert all(fold(stem).text == stem for stem in stems(name))
    assert "турци" in stems("dest")
    assert "бангкок" in stems("hub")
    assert "бангкок" in stems("sea")
    assert "кыргызстан" in stems("origin")
    assert {"TH", "MM", "KH", "LA"} <= countries("sea")
    assert "KG" not in countries("dest")


@pytest.mark.parametrize(
    ("origin", "destination", "needed"),
    [
        ("KG", "RU", False),
        ("KG", "KZ", False),
        ("KZ", "RU", False),
        ("UZ", "RU", True),
        ("TJ", "RU", True),
        ("UZ", "KZ", True),
        ("KG", "TR", True),
        ("TM", "AE", True),
        ("KG", "KG", False),
        ("KG", "ZZ", None),
        (None, "RU", None),
        ("UZ", None, None),
    ],
)
def test_the_corridor_table_knows_who_needs_a_permit(
    origin: str | None, destination: str | None, needed: bool | None
) -> None:
    assert needs_permit(origin, destination) is needed


@given(st.text(st.sampled_from("дубай в из Стамбул'gaда🇹🇷→-,. \n\"ОшСША"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_places_within_it(text: str) -> None:
    for place in find_places(fold(text)):
        assert text[place.span.start : place.span.end] == place.span.text
        assert place.span.text


@pytest.mark.parametrize("text", ["", "д" * 1_000_000, "дубай " * 20_000, "\ud800" * 1000, "🇹🇷" * 20_000])
@pytest.mark.timeout(20)
def test_any_heap_of_text_is_read(text: str) -> None:
    find_places(fold(text))
