from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy import displacy
from spacy.language import Language

import nlp
from chyrak.records import Reading
from nlp.training.seed import load_seed

EXAMPLE = "Девушки 18-25, Дубай, хостес, 2500$ в месяц. Билет за наш счёт, паспорт у администратора. +996 555 000 133"


def _read(pipe: Language, text: str) -> Reading:
    return next(nlp.read(pipe, [nlp.text_posting("t", text)]))


def test_the_doc_and_the_quick_way_give_one_result(pipe: Language) -> None:
    for text in load_seed("dev")[:60]:
        reading = next(nlp.read(pipe, [nlp.text_posting(text.id, text.text, text.title)]))
        doc = pipe(text.body)
        assert (doc._.level, doc._.score, doc._.stance) == (reading.level, reading.score, reading.stance)
        assert doc._.indicators == reading.indicators
        assert doc._.reasons == reading.reasons
        assert (doc._.pay, tuple(doc._.places), tuple(doc._.languages)) == (
            reading.pay,
            reading.places,
            reading.languages,
        )


def test_displacy_shows_the_indicators(pipe: Language) -> None:
    html = displacy.render(pipe(EXAMPLE), style="span", jupyter=False)
    assert "I31" in html
    assert "I24" in html


def test_a_line_is_json_and_holds_no_raw_contact(pipe: Language) -> None:
    line = nlp.as_line(_read(pipe, EXAMPLE))
    written = json.dumps(line["contacts"])
    assert "555000133" not in written
    assert set(line) == {
        "id", "languages", "stance", "level", "score", "exploitation", "indicators", "protective", "pay", "places",
        "contacts", "reasons", "engine",
    }  # fmt: skip
    assert all(
        {"adds", "says"} <= set(reason) and ("rule" in reason or "model" in reason) for reason in line["reasons"]
    )


def test_readings_come_in_the_order_of_the_postings(pipe: Language) -> None:
    postings = [nlp.text_posting(str(number), f"Нужен повар {number}") for number in range(7)]
    assert [reading.posting_id for reading in nlp.read(pipe, postings)] == list("0123456")


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_string_is_read(pipe: Language, text: str) -> None:
    reading = _read(pipe, text)
    assert 0.0 <= reading.score <= 1.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "\x00\x01",
        "\ud800",
        "1-1-" * 25_000,
        "паспорт сдать " * 7_000,
        "а" * 100_000,
        "🔥" * 50_000,
        "не " * 33_000,
    ],
    ids=["empty", "blank", "line", "control", "surrogate", "numbers", "repeat", "letters", "emoji", "negation"],
)
@pytest.mark.timeout(60)
def test_bad_input_never_fails_and_never_hangs(pipe: Language, text: str) -> None:
    assert _read(pipe, text).posting_id


def test_a_posting_without_an_id_gets_one_from_its_content() -> None:
    first, second = nlp.text_posting("", "a"), nlp.text_posting("", "b")
    assert first.id == nlp.text_posting("", "a").id != second.id


def test_a_notebook_shows_the_indicators_on_the_words_that_show_them(pipe: Language) -> None:
    doc = pipe("Хостес в Стамбул, билет за наш счёт, паспорт хранится у менеджера")
    assert doc._.level >= 2
    shown = displacy.render(doc, style="span", jupyter=False)
    assert all(label in shown for label in ("I17", "I24", "I31"))
