"""What a watch would have found: looked at before it is saved, so that it neither floods people nor stays mute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.question import question
from chyrak.records import Watch
from indexer import Engine, Hit, Query, SearchRequest
from indexer.query import And, Range


@dataclass(frozen=True, slots=True)
class Preview:
    """`total` adverts in the index would match; `recent` of them are dated within the last `days`, newest in `hits`."""

    total: int
    recent: int
    days: int
    hits: tuple[Hit, ...]

    @property
    def a_day(self) -> float:
        """Matches a day to be expected, by the recent ones."""
        return self.recent / self.days


def preview(watch: Watch, engine: Engine, now: datetime, *, days: int = 30, limit: int = 10) -> Preview:
    """Asks `engine` the watch's own question; the watch need not be saved. Raises QueryError for a broken query."""
    asked = question(watch)
    since = Range("published", low=(now - timedelta(days=days - 1)).date())
    recent = engine.search(SearchRequest(Query(And((asked.root, since))), limit=limit))
    return Preview(engine.search(SearchRequest(asked, limit=1)).total, recent.total, days, recent.hits)
