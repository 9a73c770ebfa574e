"""Who is speaking, after the model has said how likely each is: what a single line or a news article settles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from chyrak.records import Contact, Kind
from chyrak.text import Folded
from nlp.draft import Draft

WANTED = "WANTED"
"""Whoever offers what a reviewer should see: among the speakers that the second layer tells apart, not a stance."""
SCORED = ("OFFER", "SERVICE")
"""Stances of which some are wanted: all others are never put before a reviewer."""
_IMPERSONAL = frozenset({"link", "email"})
_ARTICLE_ODDS = {"NEWS": 1.0, "WARN": 0.2}
_OTHER_ARTICLE_ODDS = 0.02
"""How much rarer warnings, and all but news, are among news articles than among the texts learnt from (a judgement)."""
_A_LINE = float(np.log1p(100) - 5.5)
"""The feature "length" of a hundred signs."""
_PLOT = 0.05
"""The share of OTHER from which a line with a grave sign reads like something else than an offer, such as a plot."""


def names_somebody(contacts: Sequence[Contact]) -> bool:
    """Whether there is somebody to reach: a number or a name at a messenger, not a page or an address for mail."""
    return any(contact.kind not in _IMPERSONAL for contact in contacts)


def heard(draft: Draft) -> Folded:
    """The text as the first layer hears it: without the help line where it names somebody to reach as well.

    A help line put below an advert excuses nobody; who warns of one does it in more words.
    """
    found, folded = draft.findings, draft.folded
    if found is None or not found.has("WARN", "help_line") or not names_somebody(draft.contacts):
        return folded
    text = folded.text
    for line in found.evidence("WARN", "help_line"):
        start, end = found.tokens.starts[line.first], found.tokens.ends[line.last]
        text = text[:start] + " " * (end - start) + text[end:]
    return replace(folded, text=text)


def settled_line(draft: Draft, features: Mapping[str, float], shares: Mapping[str, float]) -> str:
    """What the text, being one line, settles by itself (`Opinion.line`), "" for nothing; `shares` are the speakers'."""
    if _is_buyer(draft, features):
        return "buys"
    if _is_food(draft, features):
        return "food"
    return "no plot" if shares["OTHER"] >= _PLOT and _is_no_plot(features) else ""


def speaking(shares: Mapping[str, float], kind: Kind, line: str) -> dict[str, float]:
    """The shares of the speakers for a text that is one line (`Opinion.line`), or that came as a news article.

    Who else would be telling a plot makes an offer, wanted or not as before. Whoever buys an organ is wanted: he seeks,
    but no work and no help; not so where it is meat or buds. Of an article, only a plain offer is taken for one.
    """
    shares = dict(shares)
    if line == "buys":
        shares = {name: share if name in SCORED else 0.0 for name, share in shares.items()}
        shares[WANTED] = 1.0 - math.fsum(shares.values())
    if line == "food":
        shares |= {"OFFER": shares["OFFER"] + shares[WANTED], WANTED: 0.0}
    if line == "no plot":
        offers = math.fsum(shares[name] for name in (WANTED, *SCORED))
        grown = (offers + shares["OTHER"]) / max(offers, 1e-9)
        shares = {name: share * grown if name in (WANTED, *SCORED) else share for name, share in shares.items()}
        shares["OTHER"] = 0.0
    if kind is Kind.ARTICLE:
        shares = {name: share * _ARTICLE_ODDS.get(name, _OTHER_ARTICLE_ODDS) for name, share in shares.items()}
        total = math.fsum(shares.values())
        shares = {name: share / total for name, share in shares.items()}
    return shares


def stances(shares: Mapping[str, float]) -> dict[str, float]:
    """The shares of the stances: nearly all that is wanted is an offer."""
    told = {name: share for name, share in shares.items() if name != WANTED}
    return told | {"OFFER": told["OFFER"] + shares[WANTED]}


def _is_no_plot(features: Mapping[str, float]) -> bool:
    """Whether a text is one line that says a grave sign itself, with no cue of anything but an offer.

    A film's plot tells of kept passports too, but takes more room; a warning in a line quotes.
    """
    return bool(features.get("class_a alone") and features["length"] < _A_LINE and not features["quoted"])


def _is_buyer(draft: Draft, features: Mapping[str, float]) -> bool:
    """Whether a text is one line that buys an organ in so many words, no article and no cue of anybody who tells."""
    if draft.kind is Kind.ARTICLE or draft.findings is None:
        return False
    if not draft.findings.has("I35", "buyer") or not features.get("I35"):
        return False
    telling = features["cue:WARN"] or features["cue:NEWS"] or features["cue:DISCUSS"] or features["question"]
    return not (telling or features["seller"] or features["quoted"]) and features["length"] < _A_LINE


def _is_food(draft: Draft, features: Mapping[str, float]) -> bool:
    """Whether a text is one line in which a kidney or a liver is meat, or a bud, and that says nothing of a worker.

    Without a sign or a fact of any: meat is packed too, by girls, abroad.
    """
    if draft.findings is None or features["length"] >= _A_LINE or draft.facts:
        return False
    signs = any(item.weight for item in draft.indicators)
    return not signs and any(not food.denied for food in draft.findings.evidence("I35", "food"))
