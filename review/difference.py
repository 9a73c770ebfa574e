"""What changed between two revisions of an advert, word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that is the `same`, `added` or `removed`."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Change]:
    """The way from `before` to `after` in reading order; joining same and added gives `after`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    changes: list[Change] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            changes.append(Change("removed", "".join(old[i1:i2])))
        if j1 < j2:
            changes.append(Change("added", "".join(new[j1:j2])))
    return changes
