"""What the encoder adds to the fast pass: a second opinion on texts the fast pass cannot settle.

A support vector machine with a radial kernel judges the vector; a logistic stack weighs its value beside the fast
pass's own chance. Both are learnt by `nlp.training.second_look` for one encoder and one classifier, and lie in the
encoder's folder as `second_look.npz` (arrays and one JSON text, no pickle).
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chyrak.errors import AskOperator
from nlp.encoder.folder import load_encoder
from nlp.encoder.protocol import Encoder

FILE = "second_look.npz"
FORMAT = 1
UNSETTLED = (0.05, 0.90)
"""Chances of the fast pass between which a text is looked at again."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """The support vector machine on standardised vectors, and the stack: weights of both log odds, and a bias."""

    middle: Floats
    spread: Floats
    support: Floats
    dual: Floats
    offset: float
    gamma: float
    stack: tuple[float, float, float]

    def value(self, vectors: Floats) -> Floats:
        """What the machine makes of each vector; above 0 speaks for a flag."""
        given = (vectors - self.middle) / self.spread
        squares = (given**2).sum(axis=1)[:, None] + (self.support**2).sum(axis=1)[None, :]
        near = np.exp(-self.gamma * np.maximum(0.0, squares - 2.0 * given @ self.support.T))
        found: Floats = (near @ self.dual + self.offset).astype(np.float32)
        return found

    def chance(self, first: float, value: float) -> float:
        """The calibrated chance from the fast pass's chance and the machine's value."""
        weight, second, bias = self.stack
        odds = weight * log_odds(first) + second * value + bias
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


@dataclass(frozen=True)
class SecondLook:
    """An encoder with what was learnt on top of it."""

    encoder: Encoder
    head: Head
    version: str

    def wanted_for(self, first: float) -> bool:
        """Whether the fast pass has not settled a text to which it gives this chance."""
        return UNSETTLED[0] <= first <= UNSETTLED[1]

    def chance(self, text: str, first: float) -> float:
        """The chance after a second look at a safe text to which the fast pass gave `first`."""
        return self.head.chance(first, float(self.head.value(self.encoder.encode([text]))[0]))


def log_odds(chance: float) -> float:
    """Log odds of a chance, between -9.2 and 9.2."""
    bounded = min(max(chance, 1e-4), 1.0 - 1e-4)
    return math.log(bounded / (1.0 - bounded))


@lru_cache(maxsize=2)
def load_second_look(folder: Path, classifier: str) -> SecondLook:
    """The encoder in `folder` with its head, which must have been learnt for this version of the classifier.

    Raises AskOperator when it was not, or when a file is missing or not understood.
    """
    encoder = load_encoder(folder)
    remedy = f"Learn it anew: chyrak train --encoder {folder}"
    path = folder / FILE
    try:
        with np.load(path, allow_pickle=False) as store:
            about: dict[str, Any] = json.loads(bytes(store["about"]).decode())
            arrays = {name: store[name] for name in store.files if name != "about"}
        if about.get("format") != FORMAT:
            raise AskOperator(f"{path}: of format {about.get('format')}, this program reads {FORMAT}. {remedy}")
        head = from_arrays(arrays)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as fault:
        raise AskOperator(f"{path}: not a second look that can be read: {fault}. {remedy}") from fault
    for name, wanted, there in (
        ("encoder", encoder.fingerprint, about.get("encoder")),
        ("classifier", classifier, about.get("classifier")),
    ):
        if wanted != there:
            raise AskOperator(f"{path}: was learnt for the {name} {there}, here is {wanted}. {remedy}")
    return SecondLook(encoder, head, f"{encoder.fingerprint[:8]}.{about['version']}")


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Head:
    """The head whose parts the file holds."""
    single = arrays["numbers"].astype(float).tolist()
    names = ("middle", "spread", "support", "dual")
    parts = {name: arrays[name].astype(np.float32) for name in names}
    return Head(**parts, offset=single[0], gamma=single[1], stack=(single[2], single[3], single[4]))
