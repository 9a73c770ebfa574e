"""The first component: the folded view of a doc's text, which all others read."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from chyrak.records import Span
from chyrak.text import Folded, fold
from nlp.components.spacy_parts import set_group


def disguised_words(folded: Folded) -> tuple[Span, ...]:
    """The words that had to be repaired, as spans of the original (meta-indicator M09)."""
    return tuple(Span(start, end, folded.original[start:end]) for start, end in folded.disguised)


@Language.factory("chyrak_normalise", assigns=["doc._.folded"])
def make_normalise(nlp: Language, name: str) -> NormaliseComponent:
    """spaCy factory: sets `doc._.folded` and the span group `disguised`."""
    return NormaliseComponent()


class NormaliseComponent:
    """Folds the doc's text."""

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with `doc._.folded`."""
        doc._.folded = fold(doc.text)
        set_group(doc, "disguised", ((word, "M09") for word in disguised_words(doc._.folded)))
        return doc


if not Doc.has_extension("folded"):
    Doc.set_extension("folded", default=None)
