"""What the components have read in one text so far; each fills its own fields and reads those before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chyrak.records import Contact, Exploitation, Indicator, Kind, Level, Pay, Place, Protective, Reason, Stance
from chyrak.text import Folded
from nlp.lexicon import Findings


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause, `folded.text[start:end]`, that reads like those of an indicator; `strength` is in log odds."""

    indicator: str
    strength: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the trained model thinks: the chance that a reviewer would want to see it, and of each stance.

    `wanted` is the chance that the text offers what a reviewer should see, itself part of that of its stance;
    calibrated. `types` are chances of kinds of exploitation if it is. `unmet` is the weight of indicators that the
    model was not trained with. `first` is `wanted` before an encoder looked at the text again, None where none did.
    `line` names what the text, being one line, settles by itself, whatever the model takes it for ("" where nothing):
    "buys" an organ, which is an offer; "food" where kidneys are meat or buds, which is nothing; "no plot" where a
    grave sign stands in what the model gave some chance of being something else than an offer, such as a film.
    """

    wanted: float
    stances: dict[str, float]
    passages: tuple[Passage, ...] = ()
    unmet: float = 0.0
    types: Mapping[str, float] = field(default_factory=dict)
    first: float | None = None
    line: str = ""


@dataclass
class Draft:
    """A reading in the making. `body` is title, newline, text.

    `unreviewed` are indicators found only by rows that no native reader has reviewed; `uncounted` those of them that
    by the settings weigh nothing.
    """

    body: str
    folded: Folded
    kind: Kind = Kind.ADVERT
    languages: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    pay: Pay | None = None
    places: tuple[Place, ...] = ()
    findings: Findings | None = None
    opinion: Opinion | None = None
    stance: Stance = Stance.OTHER
    indicators: tuple[Indicator, ...] = ()
    protective: tuple[Protective, ...] = ()
    unreviewed: frozenset[str] = frozenset()
    uncounted: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    exploitation: tuple[Exploitation, ...] = ()
    score: float = 0.0
    level: Level = Level.NONE
    reasons: tuple[Reason, ...] = field(default=())
