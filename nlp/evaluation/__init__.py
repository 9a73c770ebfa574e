"""How well the reader reads: `evaluate` labelled texts; `chyrak evaluate` is its door."""

from nlp.evaluation.measure import evaluate, measure
from nlp.evaluation.page import as_page
from nlp.evaluation.report import as_markdown
from nlp.evaluation.texts import labelled_texts, ordinary_adverts

__all__ = ["as_markdown", "as_page", "evaluate", "labelled_texts", "measure", "ordinary_adverts"]
