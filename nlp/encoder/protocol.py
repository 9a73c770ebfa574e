"""What an encoder is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Texts to vectors. Vectors of two fingerprints are never compared."""

    @property
    def name(self) -> str:
        """What its maker calls it."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    @property
    def fingerprint(self) -> str:
        """Changes with the weights, the tokenizer and the preprocessing; kept beside every vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector of length 1 a text, shape (texts, dim); each depends on its own text alone.

        Takes what `safe_text` gives, and nothing else.
        """
