"""The reader: one spaCy pipeline for all languages, and a quick way through the same components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import spacy
from spacy.language import Language

from chyrak.records import Engine, Kind, Posting, Reading
from chyrak.settings import ReadingSettings
from chyrak.text import fold
from nlp.components import contacts, languages, normalise, pay, places, spacy_reading
from nlp.components.contacts import find_contacts
from nlp.components.languages import find_languages
from nlp.components.pay import choose_pay, find_pay
from nlp.components.places import find_places
from nlp.components.spacy_reading import ClassifierPart, IndicatorsPart, Part
from nlp.draft import Draft

PARTS = (normalise, languages, contacts, pay, places, spacy_reading)
"""Importing these registers the factories."""
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


def load(settings: ReadingSettings | None = None, *, for_training: bool = False) -> Language:
    """The whole pipeline. Models and lexicon are read once per process.

    `for_training` leaves out the parts that need the trained model. Raises AskOperator when a lexicon pack or the
    model file cannot be used.
    """
    return _load(settings or ReadingSettings(), ORDER[: ORDER.index("chyrak_classifier")] if for_training else ORDER)


@lru_cache(maxsize=4)
def _load(settings: ReadingSettings, order: tuple[str, ...]) -> Language:
    pipe = spacy.blank("xx")
    packs = [str(pack) for pack in settings.packs]
    configs: dict[str, dict[str, object]] = {
        "chyrak_classifier": {"model": str(settings.model or ""), "encoder": str(settings.encoder or "")},
        "chyrak_stance": {"packs": packs},
        "chyrak_indicators": {"packs": packs, "count_unreviewed": settings.count_unreviewed},
        "chyrak_risk": {"packs": packs},
    }
    for name in order:
        pipe.add_pipe(name, config=configs.get(name, {}))
    return pipe


def read(pipe: Language, postings: Iterable[Posting]) -> Iterator[Reading]:
    """One reading a posting, in the same order; pure: the same engine on the same text reads the same.

    Goes through the components' own functions without building a spaCy `Doc`, unless somebody has put a component
    of their own into the pipeline.
    """
    engine = engine_of(pipe)
    for posting in postings:
        yield _reading(posting, draft_of(pipe, posting.body, posting.kind), engine)


def engine_of(pipe: Language) -> Engine:
    """Which rules and which model this pipeline reads with."""
    indicators, classifier = pipe.get_pipe("chyrak_indicators"), pipe.get_pipe("chyrak_classifier")
    if not isinstance(indicators, IndicatorsPart) or not isinstance(classifier, ClassifierPart):
        raise TypeError("not a pipeline of nlp.load")
    counted = "" if indicators.count_unreviewed else "-reviewed"
    return Engine(f"{indicators.lexicon.version}{counted}", classifier.version)


def draft_of(pipe: Language, body: str, kind: Kind = Kind.ADVERT) -> Draft:
    """What the pipeline's components read in one body, without a spaCy `Doc`."""
    folded = fold(body)
    spoken = find_languages(folded)
    named = find_places(folded)
    reached = find_contacts(folded, spoken)
    paid = choose_pay(find_pay(folded, spoken, named, reached))
    draft = Draft(body, folded, kind, languages=spoken, contacts=reached, pay=paid, places=named)
    for _, part in pipe.pipeline:
        if isinstance(part, Part):
            part.annotate(draft)
    return draft


def _reading(posting: Posting, draft: Draft, engine: Engine) -> Reading:
    return Reading(
        posting_id=posting.id,
        rev=posting.rev,
        engine=engine,
        languages=draft.languages,
        stance=draft.stance,
        indicators=draft.indicators,
        protective=draft.protective,
        pay=draft.pay,
        places=draft.places,
        contacts=draft.contacts,
        exploitation=draft.exploitation,
        score=draft.score,
        level=draft.level,
        reasons=draft.reasons,
    )
