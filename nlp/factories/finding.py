"""spaCy factories of the components that look at the text alone: folded view, languages, contacts, pay, places."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from chyrak.text import fold
from nlp.components.contacts import find_contacts
from nlp.components.languages import find_languages
from nlp.components.normalise import disguised_words
from nlp.components.pay import choose_pay, find_pay
from nlp.components.places import find_places
from nlp.factories.groups import set_group

_EXTENSIONS = {"folded": None, "languages": (), "contacts": (), "pay": None, "places": ()}
for _name, _default in _EXTENSIONS.items():
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=_default)


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


@Language.factory("chyrak_languages", assigns=["doc._.languages"])
def make_languages(nlp: Language, name: str) -> LanguagesComponent:
    """spaCy factory: sets `doc._.languages`."""
    return LanguagesComponent()


class LanguagesComponent:
    """Finds the languages of `doc._.folded`."""

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with its languages."""
        doc._.languages = find_languages(doc._.folded or fold(doc.text))
        return doc


@Language.factory("chyrak_places", assigns=["doc._.places"])
def make_places(nlp: Language, name: str) -> PlacesComponent:
    """spaCy factory: sets `doc._.places` and the span group `places`."""
    return PlacesComponent()


class PlacesComponent:
    """Finds places in `doc._.folded`."""

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with its places."""
        doc._.places = find_places(doc._.folded or fold(doc.text))
        set_group(doc, "places", ((place.span, place.country) for place in doc._.places))
        return doc


@Language.factory("chyrak_contacts", assigns=["doc._.contacts"])
def make_contacts(nlp: Language, name: str) -> ContactsComponent:
    """spaCy factory: sets `doc._.contacts` and the span group `contacts`."""
    return ContactsComponent()


class ContactsComponent:
    """Finds contacts in `doc._.folded`, with the languages in `doc._.languages` where there are any."""

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with its contacts."""
        doc._.contacts = find_contacts(doc._.folded or fold(doc.text), doc._.languages)
        set_group(doc, "contacts", ((contact.span, contact.kind) for contact in doc._.contacts))
        return doc


@Language.factory("chyrak_pay", assigns=["doc._.pay"])
def make_pay(nlp: Language, name: str) -> PayComponent:
    """spaCy factory: sets `doc._.pay` (the main promise) and the span group `pay` (all of them)."""
    return PayComponent()


class PayComponent:
    """Finds pay in `doc._.folded`, knowing languages, places and contacts where earlier components set them."""

    def __call__(self, doc: Doc) -> Doc:
        """The same doc with its pay."""
        found = find_pay(doc._.folded or fold(doc.text), doc._.languages, doc._.places, doc._.contacts)
        doc._.pay = choose_pay(found)
        set_group(doc, "pay", ((pay.span, pay.period) for pay in found))
        return doc
