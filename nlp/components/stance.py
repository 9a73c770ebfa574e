"""Who is speaking: somebody who offers, seeks, warns, reports, serves, discusses (the gate before any scoring).

The model's second layer weighs the cues of `stance.yaml` beside its own reading, so that a warning which quotes a lure
word for word is a warning.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from chyrak.records import Contact, Stance
from nlp.components.speakers import SCORED, names_somebody
from nlp.draft import Opinion
from nlp.lexicon import Findings

GATE = 0.5
"""From this chance on that something is offered, a text is an offer or a service."""


def find_stance(findings: Findings, opinion: Opinion, contacts: Sequence[Contact] = ()) -> Stance:
    """The likeliest stance. Someone who sells an organ asks for help: SEEK, for protection (ETH-08).

    Who prints a help line with its short number and nothing to reach himself by warns, however well he quotes: an
    advert names a person.
    """
    if findings.has("WARN", "help_line") and not names_somebody(contacts):
        return Stance.WARN
    shares = opinion.stances
    if findings.has("I35", "seller") and shares.get("WARN", 0.0) + shares.get("NEWS", 0.0) < 0.5:
        return Stance.SEEK
    offered = math.fsum(shares[name] for name in SCORED) >= GATE
    among = [name for name in shares if (name in SCORED) == offered]
    return Stance(max(among, key=lambda name: shares[name]))
