"""spaCy factories of the components that make a reading: indicators, classifier, stance, risk.

Each works on the doc's `Draft`, made from what the components before it have left in `doc._.`.
"""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from chyrak.records import State
from chyrak.text import fold
from nlp.components.classifier import Classifier, load_classifier
from nlp.components.risk import assess
from nlp.components.stance import find_stance
from nlp.draft import Draft
from nlp.encoder import SecondLook, load_second_look
from nlp.factories.groups import set_group
from nlp.lexicon import Lexicon, load_lexicon
from nlp.reader import find_signs, findings, looked_again

_EXTENSIONS = {
    "draft": None,
    "stance": None,
    "opinion": None,
    "indicators": (),
    "protective": (),
    "exploitation": (),
    "score": 0.0,
    "level": 0,
    "reasons": (),
}
for _name, _default in _EXTENSIONS.items():
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)


class Part:
    """A component that fills a draft; `annotate` is the whole of it, `__call__` shows it in a doc."""

    def annotate(self, draft: Draft) -> None:
        """Fills this component's fields of `draft`."""
        raise NotImplementedError

    def show(self, doc: Doc, draft: Draft) -> None:
        """Writes them into the doc."""
        raise NotImplementedError

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with this component's extensions."""
        draft = _draft(doc)
        self.annotate(draft)
        self.show(doc, draft)
        return doc


def _draft(doc: Doc) -> Draft:
    if doc._.draft is None:
        doc._.draft = Draft(doc.text, doc._.folded or fold(doc.text))
    draft: Draft = doc._.draft
    for name in ("languages", "contacts", "pay", "places"):
        if Doc.has_extension(name):
            setattr(draft, name, getattr(doc._, name))
    return draft


class ClassifierPart(Part):
    """The trained model's opinion."""

    def __init__(self, classifier: Classifier, second_look: SecondLook | None = None) -> None:
        self.classifier = classifier
        self.second_look = second_look

    def annotate(self, draft: Draft) -> None:
        """Sets `opinion`."""
        if draft.findings is None:
            raise ValueError("chyrak_classifier needs chyrak_indicators before it in the pipeline")
        draft.opinion = looked_again(self.second_look, draft, self.classifier.opinion(draft))

    def show(self, doc: Doc, draft: Draft) -> None:
        """Sets `doc._.opinion`."""
        doc._.opinion = draft.opinion


class StancePart(Part):
    """Who is speaking."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def annotate(self, draft: Draft) -> None:
        """Sets `stance`."""
        if draft.opinion is None:
            raise ValueError("chyrak_stance needs chyrak_classifier before it in the pipeline")
        draft.stance = find_stance(findings(self.lexicon, draft), draft.opinion, draft.contacts)

    def show(self, doc: Doc, draft: Draft) -> None:
        """Sets `doc._.stance`."""
        doc._.stance = draft.stance


class IndicatorsPart(Part):
    """Indicators and protective cues."""

    def __init__(self, lexicon: Lexicon, *, count_unreviewed: bool) -> None:
        self.lexicon = lexicon
        self.count_unreviewed = count_unreviewed

    def annotate(self, draft: Draft) -> None:
        """Sets `indicators`, `protective` and the facts that rules ask for."""
        find_signs(self.lexicon, draft, count_unreviewed=self.count_unreviewed)

    def show(self, doc: Doc, draft: Draft) -> None:
        """Sets `doc._.indicators`, `doc._.protective`, and the span groups `sc` and `protective`."""
        doc._.indicators, doc._.protective = draft.indicators, draft.protective
        there = [item for item in draft.indicators if item.state is State.PRESENT]
        set_group(doc, "sc", [(span, item.id) for item in there for span in item.spans])
        set_group(doc, "protective", [(span, cue.id) for cue in draft.protective for span in cue.spans])


class RiskPart(Part):
    """Rules, points, level."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def annotate(self, draft: Draft) -> None:
        """Sets `level`, `score`, `exploitation` and `reasons`."""
        assess(self.lexicon, draft)

    def show(self, doc: Doc, draft: Draft) -> None:
        """Sets the same names in `doc._.`."""
        doc._.level, doc._.score = draft.level, draft.score
        doc._.exploitation, doc._.reasons = draft.exploitation, draft.reasons


def _lexicon(packs: list[str]) -> Lexicon:
    return load_lexicon(tuple(Path(pack) for pack in packs))


@Language.factory("chyrak_classifier", default_config={"model": "", "encoder": ""}, assigns=["doc._.opinion"])
def make_classifier(nlp: Language, name: str, model: str, encoder: str) -> ClassifierPart:
    """spaCy factory; `model` is the path of a model file, empty for the one that comes with Chyrak.

    `encoder` is the folder of an encoder for a second look, empty for none.
    """
    classifier = load_classifier(Path(model) if model else None)
    return ClassifierPart(classifier, load_second_look(Path(encoder), classifier.version) if encoder else None)


@Language.factory("chyrak_stance", default_config={"packs": []}, assigns=["doc._.stance"])
def make_stance(nlp: Language, name: str, packs: list[str]) -> StancePart:
    """spaCy factory; `packs` are folders of further lexicon packs."""
    return StancePart(_lexicon(packs))


@Language.factory(
    "chyrak_indicators",
    default_config={"packs": [], "count_unreviewed": True},
    assigns=["doc._.indicators", "doc._.protective"],
)
def make_indicators(nlp: Language, name: str, packs: list[str], count_unreviewed: bool) -> IndicatorsPart:
    """spaCy factory; `count_unreviewed` lets rows that no native reader has reviewed add weight."""
    return IndicatorsPart(_lexicon(packs), count_unreviewed=count_unreviewed)


@Language.factory(
    "chyrak_risk",
    default_config={"packs": []},
    assigns=["doc._.level", "doc._.score", "doc._.exploitation", "doc._.reasons"],
)
def make_risk(nlp: Language, name: str, packs: list[str]) -> RiskPart:
    """spaCy factory; `packs` are folders of further lexicon packs."""
    return RiskPart(_lexicon(packs))
