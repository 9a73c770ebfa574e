"""Only notebooks pay for spaCy: whoever reads adverts with `load_reader` never imports it, and reads the same."""

from __future__ import annotations

import subprocess
import sys

import pytest
import spacy
from spacy.language import Language

import nlp

TEXT = "Девушки 18-25, хостес в Стамбул, 2500$ в месяц. Паспорт хранится у менеджера."


def test_reading_does_not_import_spacy() -> None:
    program = (
        "import sys, nlp\n"
        f"reading = next(nlp.read(nlp.load_reader(), [nlp.text_posting('t', {TEXT!r})]))\n"
        "print(int(reading.level), 'spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    level, spacy_there = done.stdout.split()
    assert int(level) >= 2
    assert spacy_there == "False"


def test_a_pipeline_of_a_notebook_reads_the_same(pipe: Language) -> None:
    posting = nlp.text_posting("t", TEXT)
    assert next(nlp.read(pipe, [posting])) == next(nlp.read(nlp.load_reader(), [posting]))


def test_a_pipeline_that_is_not_ours_is_refused() -> None:
    with pytest.raises(TypeError, match=r"nlp\.load"):
        next(nlp.read(spacy.blank("xx"), [nlp.text_posting("t", TEXT)]))
