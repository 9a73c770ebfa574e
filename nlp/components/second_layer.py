"""The classifier's second layer: from what the first layer thinks and the lexicon has found to who is speaking.

Small networks of one hidden layer, learnt apart and averaged. A sign does not weigh the same beside every other one: a
kept passport in a text that sounds like a warning says little, and a sum of weights cannot say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BOUND = 3.0
"""How many spreads a feature may lie from its middle: what is rarer still says no more."""
ARRAYS = ("middle", "scale", "hidden", "hidden_bias", "speakers", "speakers_bias", "types", "types_bias")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SecondLayer:
    """A row per named feature in `hidden` and `types`; the averaged networks stand side by side as one.

    `middle` and `scale` (one over the spread) put features on one measure; `speakers` has a column per speaker, `types`
    one per kind of exploitation, which is linear in the features as they are.
    """

    rows: Mapping[str, int]
    middle: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    speakers: Floats
    speakers_bias: Floats
    types: Floats
    types_bias: Floats

    def places_of(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Where features of these names stand; the last place is for those the model does not know."""
        return np.array([self.rows.get(name, len(self.rows)) for name in names], np.int64)

    def __call__(self, values: Floats) -> tuple[Floats, Floats]:
        """Raw values of the speakers and of the types, a row a text; the last of a text's `values` is of no feature."""
        known = values[:, :-1]
        return self.speaking(known), known @ self.types + self.types_bias

    def speaking(self, known: Floats) -> Floats:
        """Raw values of the speakers, a row a text."""
        measured = np.clip((known - self.middle) * self.scale, -BOUND, BOUND)
        units = np.maximum(measured @ self.hidden + self.hidden_bias, 0.0)
        result: Floats = units @ self.speakers + self.speakers_bias
        return result
