"""How well the reader reads: `python -m nlp.evaluation FILE` or, for other code, `evaluate`."""

from nlp.evaluation.measure import evaluate
from nlp.evaluation.report import as_markdown

__all__ = ["as_markdown", "evaluate"]
