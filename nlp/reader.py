"""The reader: every component in turn on one text. Notebooks reach the same components through spaCy (`nlp.load`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from chyrak.records import Engine, Kind, Posting, Reading
from chyrak.settings import ReadingSettings
from chyrak.text import Folded, fold
from nlp.components.classifier import Classifier, load_classifier
from nlp.components.contacts import find_contacts
from nlp.components.indicators import find_indicators
from nlp.components.languages import languages_of
from nlp.components.pay import choose_pay, find_pay
from nlp.components.places import find_places
from nlp.components.risk import assess
from nlp.components.stance import find_stance
from nlp.draft import Draft, Opinion
from nlp.encoder import SecondLook, load_second_look, safe_text
from nlp.lexicon import Findings, Lexicon, load_lexicon

if TYPE_CHECKING:
    from spacy.language import Language

AT_ONCE = 32
"""Texts that are read together; more gains no time."""


@dataclass(frozen=True)
class Reader:
    """What a reading is made with. Without a `classifier` it reads as far as no trained model is needed.

    `count_unreviewed` lets rows that no native reader has reviewed add weight.
    """

    lexicon: Lexicon
    classifier: Classifier | None
    second_look: SecondLook | None = None
    count_unreviewed: bool = True

    @cached_property
    def engine(self) -> Engine:
        """Which rules and which model it reads with."""
        counted = "" if self.count_unreviewed else "-reviewed"
        model = self.classifier.version if self.classifier else ""
        again = f"+{self.second_look.version}" if self.second_look else ""
        return Engine(f"{self.lexicon.version}{counted}", f"{model}{again}")

    def draft(self, body: str, kind: Kind = Kind.ADVERT) -> Draft:
        """What all components read in one body (title, newline, text)."""
        return self.drafts([(body, kind)])[0]

    def drafts(self, bodies: Iterable[tuple[str, Kind]]) -> list[Draft]:
        """The same of several bodies: the model is asked about all of them in little more time than about one."""
        given = [(body, kind, fold(body)) for body, kind in bodies]
        spoken = languages_of([folded for _, _, folded in given])
        begun = [_begun(*each, languages) for each, languages in zip(given, spoken, strict=True)]
        for draft in begun:
            find_signs(self.lexicon, draft, count_unreviewed=self.count_unreviewed)
        if self.classifier:
            for draft, first in zip(begun, self.classifier.opinions(begun), strict=True):
                draft.opinion = looked_again(self.second_look, draft, first)
                draft.stance = find_stance(findings(self.lexicon, draft), draft.opinion, draft.contacts)
                assess(self.lexicon, draft)
        return begun


def _begun(body: str, kind: Kind, folded: Folded, spoken: tuple[str, ...]) -> Draft:
    """What needs neither lexicon nor model."""
    named = find_places(folded)
    reached = find_contacts(folded, spoken)
    paid = choose_pay(find_pay(folded, spoken, named, reached))
    return Draft(body, folded, kind, languages=spoken, contacts=reached, pay=paid, places=named)


def load_reader(settings: ReadingSettings | None = None, *, for_training: bool = False) -> Reader:
    """The reader of these settings; models and lexicon are read once per process.

    `for_training` leaves out the trained model. Raises AskOperator when a lexicon pack or a model cannot be used.
    """
    return _load(settings or ReadingSettings(), for_training)


@lru_cache(maxsize=4)
def _load(settings: ReadingSettings, for_training: bool) -> Reader:
    lexicon = load_lexicon(settings.packs)
    if for_training:
        return Reader(lexicon, None, count_unreviewed=settings.count_unreviewed)
    classifier = load_classifier(settings.model)
    again = load_second_look(settings.encoder, classifier.version) if settings.encoder else None
    return Reader(lexicon, classifier, again, settings.count_unreviewed)


def read(reader: Reader | Language, postings: Iterable[Posting]) -> Iterator[Reading]:
    """One reading a posting, in the same order; pure: the same engine on the same text reads the same.

    Takes up to `AT_ONCE` postings before it gives the first reading. A pipeline of `nlp.load` reads by its own parts
    too, without the cost of a spaCy `Doc`.
    """
    if not isinstance(reader, Reader):
        from nlp.pipeline import reader_of  # whoever has a pipeline has imported spaCy

        reader = reader_of(reader)
    coming = iter(postings)
    while taken := list(islice(coming, AT_ONCE)):
        drafts = reader.drafts((posting.body, posting.kind) for posting in taken)
        for posting, draft in zip(taken, drafts, strict=True):
            yield _reading(posting, draft, reader.engine)


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


def findings(lexicon: Lexicon, draft: Draft) -> Findings:
    """Everything the lexicon knows in the draft's text, looked for once."""
    if draft.findings is None:
        draft.findings = lexicon.find(draft.folded)
    return draft.findings


def find_signs(lexicon: Lexicon, draft: Draft, *, count_unreviewed: bool) -> None:
    """Sets the draft's findings, indicators, protective cues and the facts that rules ask for."""
    findings(lexicon, draft)
    find_indicators(lexicon, draft)
    draft.uncounted = frozenset() if count_unreviewed else draft.unreviewed


def looked_again(second_look: SecondLook | None, draft: Draft, first: Opinion) -> Opinion:
    """The model's `first` opinion of a draft, or the second look's where one is due."""
    if second_look is None or not second_look.wanted_for(first.wanted):
        return first
    chance = second_look.chance(safe_text(draft.folded, draft.languages), first.wanted)
    return replace(first, wanted=chance, first=first.wanted)
