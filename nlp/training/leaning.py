"""How far each n-gram leans to one side by itself: the units in which a linear model is fitted to few texts.

A weight costs a model as much as it is large. Counted in units of its leaning, an n-gram that stands on one side in
many texts is cheap to use and one that leans by chance is dear; with writers not met the model then errs less (Wang
and Manning 2012, "Baselines and bigrams", whose naive Bayes ratios these are).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, identity

_DOUBT = 2.0
"""Texts, and hands, that have every n-gram without being there: so many are mixed with those counted."""
_LEAST = 0.4
"""What an n-gram that leans nowhere gets."""

Array = NDArray[Any]


def leaning(counts: csr_matrix, hands: Sequence[str] | Array, yes: Array) -> Array:
    """The unit of each n-gram (a column of `counts`, whose rows are texts) for telling the texts `yes` from the rest.

    The mean of two log ratios, without their signs: how many more of the texts on one side have it, and how many more
    of the hands that wrote such texts do. One hand's habit is no evidence.
    """
    seen = (counts > 0).astype(np.float32)
    numbers = np.unique(hands, return_inverse=True)[1]
    one = (np.ones(len(numbers), np.float32), (numbers, np.arange(len(numbers))))
    by_hand = csr_matrix(one, shape=(numbers.max() + 1, len(numbers)))
    by_text = identity(len(numbers), np.float32, "csr")
    of_texts, of_hands = (np.abs(_log_ratio(groups, seen, yes)) for groups in (by_text, by_hand))
    units: Array = (of_texts + of_hands) / 2 + _LEAST
    return units


def _log_ratio(groups: csr_matrix, seen: csr_matrix, yes: Array) -> Array:
    """Of the groups with texts on a side the share that has each n-gram there: the log of one share by the other."""
    sides = [csr_matrix(groups @ diags(side.astype(np.float32))) for side in (yes, ~yes)]
    sizes = [max(1.0, float((side.sum(axis=1) > 0).sum())) for side in sides]
    having = [np.asarray((side @ seen > 0).sum(axis=0)).ravel() for side in sides]
    first, second = ((own + _DOUBT * size / sum(sizes)) / size for own, size in zip(having, sizes, strict=True))
    ratio: Array = np.log(first / second)
    return ratio
