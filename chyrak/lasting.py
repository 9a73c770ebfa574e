"""What is loaded once and stays until the process ends is no work for the garbage collector."""

from __future__ import annotations

import gc
from typing import TypeVar

Loaded = TypeVar("Loaded")


def lasting(loaded: Loaded) -> Loaded:
    """`loaded` itself; it and all else there is by now is never walked again in search of garbage.

    A reader is some hundred thousand objects, which would be walked again and again while texts are read; and what is
    forked later shares its pages until something writes to them.
    """
    gc.collect()
    gc.freeze()
    return loaded
