"""A notebook's spaCy pipeline and the reader that programs use read the same."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language

import nlp

TEXT = "Девушки 18-25, хостес в Стамбул, 2500$ в месяц. Паспорт хранится у менеджера."


def test_a_pipeline_of_a_notebook_reads_the_same(pipe: Language) -> None:
    posting = nlp.text_posting("t", TEXT)
    assert next(nlp.read(pipe, [posting])) == next(nlp.read(nlp.load_reader(), [posting]))


def test_a_pipeline_that_is_not_ours_is_refused() -> None:
    with pytest.raises(TypeError, match=r"nlp\.load"):
        next(nlp.read(spacy.blank("xx"), [nlp.text_posting("t", TEXT)]))
