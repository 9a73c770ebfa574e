"""The components as one spaCy pipeline, so that a researcher can look at them, and replace them, in a notebook."""

from __future__ import annotations

from functools import lru_cache

import spacy
from spacy.language import Language

from chyrak.settings import ReadingSettings
from nlp import factories
from nlp.factories.judging import ClassifierPart, IndicatorsPart
from nlp.reader import Reader

__all__ = ["ORDER", "factories", "load", "reader_of"]

ORDER = (
    "chyrak_normalise",
    "chyrak_languages",
    "chyrak_places",
    "chyrak_contacts",
    "chyrak_pay",
    "chyrak_indicators",
    "chyrak_classifier",
    "chyrak_stance",
    "chyrak_risk",
)


def load(settings: ReadingSettings | None = None) -> Language:
    """The whole pipeline; models and lexicon are read once per process.

    Raises AskOperator when a lexicon pack or a model cannot be used.
    """
    return _load(settings or ReadingSettings())


@lru_cache(maxsize=4)
def _load(settings: ReadingSettings) -> Language:
    pipe = spacy.blank("xx")
    packs = [str(pack) for pack in settings.packs]
    configs: dict[str, dict[str, object]] = {
        "chyrak_classifier": {"model": str(settings.model or ""), "encoder": str(settings.encoder or "")},
        "chyrak_stance": {"packs": packs},
        "chyrak_indicators": {"packs": packs, "count_unreviewed": settings.count_unreviewed},
        "chyrak_risk": {"packs": packs},
    }
    for name in ORDER:
        pipe.add_pipe(name, config=configs.get(name, {}))
    return pipe


def reader_of(pipe: Language) -> Reader:
    """The reader with this pipeline's lexicon and models. Raises TypeError for one that `load` did not make."""
    parts = dict(pipe.pipeline)
    signs, model = parts.get("chyrak_indicators"), parts.get("chyrak_classifier")
    if not isinstance(signs, IndicatorsPart) or not isinstance(model, ClassifierPart):
        raise TypeError("not a pipeline of nlp.load")
    return Reader(signs.lexicon, model.classifier, model.second_look, signs.count_unreviewed)
