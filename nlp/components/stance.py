"""Who is speaking: somebody who offers, seeks, warns, reports, serves, discusses (the gate before any scoring).

The cues of `stance.yaml` and the model's opinion are added up as evidence. A warning that quotes a lure word for
word holds the lure's cues too, so the cues of warning and news weigh more than those of an offer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from chyrak.records import Stance
from nlp.draft import Findings, Opinion

_MODEL = 1.0
_FLOOR = 0.004
_MOST = {"OFFER": 2.4}
_MOST_OTHERS = 5.0
_SELLER = 4.0
"""Someone who sells an organ asks for help: protection, not suspicion (ETH-08)."""


def find_stance(findings: Findings, opinion: Opinion) -> Stance:
    """The stance with the most evidence; OTHER where nothing speaks for any."""
    return max(_ORDER, key=stance_scores(findings, opinion).__getitem__)


def stance_scores(findings: Findings, opinion: Opinion) -> Mapping[Stance, float]:
    """Evidence for each stance, in natural-log units."""
    scores = {}
    for stance in _ORDER:
        name = stance.value
        cues = sum(_distinct(findings, name).values())
        cues = min(cues, _MOST.get(name, _MOST_OTHERS))
        scores[stance] = _MODEL * math.log(max(_FLOOR, opinion.stances.get(name, 0.0))) + cues
    if findings.has("I35", "seller"):
        scores[Stance.SEEK] += _SELLER
    return scores


def _distinct(findings: Findings, stance: str) -> dict[str, float]:
    return {row.pattern: row.weight for row in findings.rows(stance, "stance")}


_ORDER = (Stance.OFFER, Stance.SEEK, Stance.WARN, Stance.NEWS, Stance.SERVICE, Stance.DISCUSS, Stance.OTHER)
