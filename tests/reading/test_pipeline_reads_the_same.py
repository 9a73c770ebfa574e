"""A notebook's spaCy pipeline and the reader that programs use read the same."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language

import nlp
from chyrak.records import Kind
from nlp.components.classifier import load_classifier
from nlp.reader import load_reader

TEXT = "Девушки 18-25, хостес в Стамбул, 2500$ в месяц. Паспорт хранится у менеджера."


def test_a_pipeline_of_a_notebook_reads_the_same(pipe: Language) -> None:
    posting = nlp.text_posting("t", TEXT)
    assert next(nlp.read(pipe, [posting])) == next(nlp.read(nlp.load_reader(), [posting]))


def test_a_pipeline_that_is_not_ours_is_refused() -> None:
    with pytest.raises(TypeError, match=r"nlp\.load"):
        next(nlp.read(spacy.blank("xx"), [nlp.text_posting("t", TEXT)]))


def test_the_model_weighs_thousands_of_texts_at_once_as_it_weighs_each() -> None:
    model = load_classifier()
    drafts = load_reader(for_training=True).drafts([(TEXT, Kind.ADVERT), ("Швея, Ош", Kind.ADVERT)])
    many = drafts * (2**31 // len(model.table) // 2 + 1)  # more than 32 bits can number the buckets of
    found = model.opinions(many)
    assert len(found) == len(many)
    assert found[-2].wanted == pytest.approx(model.opinion(drafts[0]).wanted, abs=1e-5)
    assert found[-1].wanted == pytest.approx(model.opinion(drafts[1]).wanted, abs=1e-5)
