"""Where a document stands in each order, as one whole number, so that a page can go on from the last one.

A key packs what is sorted by, then the date, then bits of the id's hash into 53 bits: the largest whole
numbers that an aggregation, which counts in doubles, gives back unharmed. Equal keys are possible and rare;
a page is stretched until its last key is complete (`MOST_TIES`), and ties are ordered by id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from chyrak.errors import WrongUsage
from indexer.documents import Document
from indexer.requests import Sort

MOST_TIES = 32
KEY_FIELDS: Mapping[Sort, str] = {
    Sort.NEWEST: "by_date",
    Sort.OLDEST: "by_date",
    Sort.LEVEL: "by_level",
    Sort.SCORE: "by_score",
}


def keys(document: Document) -> Mapping[str, int]:
    """The sort keys of a document, by field; greater comes first (for OLDEST, last)."""
    seconds = min(max(int(document.dated.timestamp()), 0), (1 << 32) - 1)
    salt = int.from_bytes(hashlib.blake2b(document.id.encode(), digest_size=4).digest(), "big")
    score = min(max(round(document.score * 1000), 0), 1000)
    return {
        "by_date": seconds << 21 | salt >> 11,
        "by_level": document.level << 50 | seconds << 18 | salt >> 14,
        "by_score": score << 43 | (seconds // 60) << 16 | salt >> 16,
    }


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of a page: the last key, or for relevance how many hits were given and the last id."""

    sort: Sort
    key: int | None = None
    given: int = 0
    last_id: str = ""
    state: str = ""

    def __str__(self) -> str:
        plain = [self.sort.value, self.key, self.given, self.last_id, self.state]
        packed = json.dumps(plain, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(text: str, sort: Sort) -> Cursor:
    """The cursor that `str` gave `text` for. Raises WrongUsage when it is broken or of another order."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        name, key, given, last_id, state = json.loads(packed)
        found = Cursor(Sort(name), None if key is None else int(key), int(given), str(last_id), str(state))
    except (ValueError, TypeError, binascii.Error) as fault:
        raise WrongUsage("The page marker cannot be read. Start again from the first page.") from fault
    if found.sort is not sort:
        raise WrongUsage(f"The page marker belongs to the order {found.sort.value!r}. Start from the first page.")
    return found
