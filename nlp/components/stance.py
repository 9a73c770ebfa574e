"""Who is speaking: somebody who offers, seeks, warns, reports, serves, discusses (the gate before any scoring).

The model's second layer weighs the cues of `stance.yaml` beside its own reading, so that a warning which quotes a lure
word for word is a warning.
"""

from __future__ import annotations

from chyrak.records import Stance
from nlp.draft import Opinion
from nlp.lexicon import Findings

_WITHOUT_A_CUE = 0.6
"""A text with words of an offer and none of another speaker is an offer, unless the model is surer than this."""


def find_stance(findings: Findings, opinion: Opinion) -> Stance:
    """The likeliest stance. Someone who sells an organ asks for help: SEEK, for protection (ETH-08)."""
    shares = opinion.stances
    if findings.has("I35", "seller") and shares.get("WARN", 0.0) + shares.get("NEWS", 0.0) < 0.5:
        return Stance.SEEK
    best = max(shares, key=lambda name: shares[name])
    unspoken = not findings.has(best, "stance") and findings.has("OFFER", "stance")
    if best not in ("OFFER", "SERVICE") and unspoken and shares[best] < _WITHOUT_A_CUE:
        return Stance.OFFER
    return Stance(best)
