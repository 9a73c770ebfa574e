"""Who is speaking: somebody who offers, seeks, warns, reports, serves, discusses (the gate before any scoring).

The model's second layer weighs the cues of `stance.yaml` beside its own reading, so that a warning which quotes a lure
word for word is a warning.
"""

from __future__ import annotations

import math

from chyrak.records import Stance
from nlp.components.classifier import SCORED
from nlp.draft import Opinion
from nlp.lexicon import Findings

GATE = 0.5
"""From this chance on that something is offered, a text is an offer or a service."""


def find_stance(findings: Findings, opinion: Opinion) -> Stance:
    """The likeliest stance. Someone who sells an organ asks for help: SEEK, for protection (ETH-08)."""
    shares = opinion.stances
    if findings.has("I35", "seller") and shares.get("WARN", 0.0) + shares.get("NEWS", 0.0) < 0.5:
        return Stance.SEEK
    offered = math.fsum(shares[name] for name in SCORED) >= GATE
    among = [name for name in shares if (name in SCORED) == offered]
    return Stance(max(among, key=lambda name: shares[name]))
