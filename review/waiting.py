"""The queue as a page shows it: filtered, without what the reader set aside, one line a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from chyrak import taxonomy
from chyrak.records import FLAGGED_FROM, Stance
from store import campaigns, postings, queue, readings, standing
from store.queue import QueueRow

PAGE = 25
_FIRST_CHUNK = 60
_MOST_SCANNED = 3000

Cursor = tuple[int, datetime, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader wants to see; empty fields do not filter. `type` stands for its subtypes too."""

    language: str = ""
    type: str = ""
    source: str = ""
    state: str = ""
    level: int = 0

    def takes(self, source: str, level: int, state: str, languages: tuple[str, ...], types: tuple[str, ...]) -> bool:
        """Whether an advert with these properties is wanted."""
        return (
            (not self.source or source == self.source)
            and (not self.level or level == self.level)
            and (not self.state or state == self.state)
            and (not self.language or self.language in languages)
            and (not self.type or any(t == self.type or t.startswith(f"{self.type}.") for t in types))
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page of the queue. `next` continues it; None on the last page."""

    rows: tuple[QueueRow, ...]
    next: Cursor | None


def waiting(c: Connection, wanted: Wanted, *, after: Cursor | None, aside: frozenset[str]) -> Waiting:
    """The next page: highest level first, then the oldest. A campaign stands where its first member would."""
    found: list[QueueRow] = []
    firsts: dict[str, str | None] = {}
    for row in _scan(c, wanted, after):
        if row.posting_id in aside or not wanted.takes(
            row.source, row.level, row.state, row.languages, row.exploitation
        ):
            continue
        if row.campaign_id and row.campaign_size > 1:
            if row.campaign_id not in firsts:
                firsts[row.campaign_id] = _first_of(c, row.campaign_id, wanted, aside)
            if firsts[row.campaign_id] != row.posting_id:
                continue
        found.append(row)
        if len(found) > PAGE:
            return Waiting(tuple(found[:PAGE]), found[PAGE - 1].cursor)
    return Waiting(tuple(found), None)


def deadline(level: int, first_seen: datetime) -> datetime | None:
    """By when a reviewer should have read it; None for a level without a limit."""
    hours = taxonomy.read_within_hours(min(level, 4))
    return first_seen + timedelta(hours=hours) if hours else None


def _scan(c: Connection, wanted: Wanted, after: Cursor | None) -> Iterator[QueueRow]:
    scanned, chunk = 0, _FIRST_CHUNK
    while scanned < _MOST_SCANNED:
        rows = queue.pending(c, chunk, source=wanted.source or None, after=after)
        yield from rows
        if len(rows) < chunk:
            return
        scanned, chunk = scanned + chunk, chunk * 3  # each asks the database to order all that is flagged
        after = rows[-1].cursor


def _first_of(c: Connection, campaign_id: str, wanted: Wanted, aside: frozenset[str]) -> str | None:
    """The wanted, undecided member that comes first in the queue's order."""
    ids = [m for m in campaigns.members(c, campaign_id) if m not in aside]
    read, kept, stands = readings.many(c, ids), postings.many(c, ids), standing.of(c, ids)
    candidates = []
    for key, reading in read.items():
        types = tuple(e.type for e in reading.exploitation)
        now = stands[key]  # its level is the queue's: an alert that waits keeps an advert up after it was toned down
        if (
            now.level >= FLAGGED_FROM
            and reading.stance in (Stance.OFFER, Stance.SERVICE)
            and now.state != standing.DECIDED
            and wanted.takes(kept[key].source, now.level, now.state, reading.languages, types)
        ):
            candidates.append((-now.level, kept[key].first_seen, key))
    return min(candidates)[2] if candidates else None
