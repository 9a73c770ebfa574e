"""Stretches of a text that are taken already, asked in the time of a bisection however many there are."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable


class Stretches:
    """Stretches `start <= place < end`, those that overlap joined."""

    def __init__(self, taken: Iterable[tuple[int, int]] = ()) -> None:
        self._taken: list[tuple[int, int]] = []
        for start, end in sorted(taken):
            if self._taken and start < self._taken[-1][1]:
                first, last = self._taken.pop()
                self._taken.append((first, max(end, last)))
            else:
                self._taken.append((start, end))

    def meets(self, start: int, end: int) -> bool:
        """Whether any of them shares a place with this stretch."""
        before = bisect_left(self._taken, (end,)) - 1
        return before >= 0 and self._taken[before][1] > start

    def add(self, start: int, end: int) -> None:
        """Takes one that meets no other."""
        insort(self._taken, (start, end))
