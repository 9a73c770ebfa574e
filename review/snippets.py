"""Chooses the part of a long text that a list of hits shows."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH = 420


def window(body: str, start: int, found: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A stretch of `body[start:]`, at most `WIDTH` characters, around the first find, cut between words."""
    first = next((left for left, right in found if right > start), start)
    left = max(start, first - WIDTH // 4)
    right = min(len(body), left + WIDTH)
    if right == len(body):
        left = max(start, right - WIDTH)
    if left > start:
        space = body.find(" ", left, first)
        left = space + 1 if space >= 0 else left
    if right < len(body):
        space = body.rfind(" ", max(first, left), right)
        right = space if space > left else right
    return left, right
