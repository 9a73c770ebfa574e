"""How well the reader reads: `evaluate` labelled texts; `chyrak evaluate` is its door."""

from nlp.evaluation.gain import gain_as_markdown, second_look_gain
from nlp.evaluation.measure import evaluate, measure
from nlp.evaluation.page import as_page
from nlp.evaluation.report import as_markdown
from nlp.evaluation.texts import labelled_texts, ordinary_adverts

__all__ = [
    "as_markdown",
    "as_page",
    "evaluate",
    "gain_as_markdown",
    "labelled_texts",
    "measure",
    "ordinary_adverts",
    "second_look_gain",
]
