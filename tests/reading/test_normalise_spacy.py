"""The extracting components as spaCy factories: a researcher can use them alone, displaCy can show them."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language

from chyrak.text import fold
from nlp.components.normalise import disguised_words
from nlp.factories import finding

PARTS = ("normalise", "languages", "places", "contacts", "pay")
TEXT = "Тpeбyются швеи в Стамбул, зп 700-900$ в месяц, билет наш.\nВотсап: 0 5 5 5 . 0 0 0 . 1 1 2, @example_work"


@pytest.fixture(scope="module")
def pipe() -> Language:
    blank = spacy.blank("xx")
    for part in PARTS:
        blank.add_pipe(f"chyrak_{part}")
    return blank


def test_a_doc_carries_what_was_found(pipe: Language) -> None:
    doc = pipe(TEXT)
    assert doc._.folded.text.startswith("требуются швеи")
    assert doc._.languages == ("ru",)
    assert [(place.country, place.role) for place in doc._.places] == [("TR", "destination")]
    assert [contact.kind for contact in doc._.contacts] == ["phone", "telegram"]
    assert (doc._.pay.minimum, doc._.pay.maximum, doc._.pay.currency, doc._.pay.period) == (700, 900, "USD", "month")


def test_span_groups_show_the_words_as_written(pipe: Language) -> None:
    doc = pipe(TEXT)
    shown = {name: [span.text for span in doc.spans[name]] for name in ("disguised", "places", "contacts", "pay")}
    assert shown["disguised"] == ["Тpeбyются"]
    assert shown["places"] == ["Стамбул"]
    assert shown["contacts"][0].startswith("0 5 5 5")
    assert shown["pay"] == ["700-900$"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "😀", "\x00", "\u202eabc", "а" * 20_000])
def test_no_text_breaks_the_components(pipe: Language, text: str) -> None:
    doc = pipe(text)
    assert doc._.contacts == ()
    assert doc._.pay is None


def test_each_component_works_alone() -> None:
    assert {f"make_{part}" for part in PARTS} == {name for name in vars(finding) if name.startswith("make_")}
    for part in PARTS:
        alone = spacy.blank("xx")
        alone.add_pipe(f"chyrak_{part}")
        assert alone(TEXT).text == TEXT


def test_disguised_words_are_spans_of_the_original() -> None:
    words = disguised_words(fold(TEXT))
    assert [word.text for word in words] == ["Тpeбyются"]
    assert TEXT[words[0].start : words[0].end] == "Тpeбyются"
