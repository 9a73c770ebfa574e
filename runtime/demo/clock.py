"""The town's clock: what is out, edited or taken down at a moment, counted from the town's first start."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chyrak.errors import AskOperator
from runtime.demo.content import Item

FROZEN_AT_SECONDS = 150.0
"""Where the clock stands still for one pass: the first new adverts are out, no edit and no take-down has come yet."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the town remembers between two starts: when it first opened, and each site's host and port."""

    started: datetime
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as it reads at one moment."""

    item: Item
    title: str
    text: str
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class TownClock:
    """`standing_at` stops the clock at that many seconds; None lets it run with the time of the day."""

    started: datetime
    standing_at: float | None = None

    def elapsed(self, now: datetime) -> float:
        """Seconds since the first start, or where the clock stands still."""
        return (now - self.started).total_seconds() if self.standing_at is None else self.standing_at

    def shown(self, items: Iterable[Item], now: datetime) -> list[Shown]:
        """What can be read at `now`, newest first."""
        elapsed = self.elapsed(now)
        out = [self._show(item, elapsed) for item in items if is_out(item, elapsed)]
        return sorted(out, key=lambda one: (one.published, one.item.id), reverse=True)

    def _show(self, item: Item, elapsed: float) -> Shown:
        published = self.started + timedelta(seconds=item.born)
        done = [edit for edit in item.edits if edit.after <= elapsed]
        if not done:
            return Shown(item, item.title, item.text, published, published)
        last = max(done, key=lambda edit: edit.after)
        title = item.title if last.title is None else last.title
        return Shown(item, title, last.text, published, self.started + timedelta(seconds=last.after))


def is_out(item: Item, elapsed: float) -> bool:
    """Whether it has appeared and is not taken down."""
    return item.appears_after <= elapsed and not is_gone(item, elapsed)


def is_gone(item: Item, elapsed: float) -> bool:
    """Whether it has been taken down."""
    return item.gone_after is not None and item.gone_after <= elapsed


def read_record(home: Path) -> Record | None:
    """The town's memory in this home folder; None where no town has opened yet.

    Raises AskOperator for a file that cannot be understood.
    """
    path = record_path(home)
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        started = datetime.fromisoformat(value["started"]).astimezone(UTC)
        return Record(started, {str(name): (str(host), int(port)) for name, (host, port) in value["places"].items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as fault:
        raise AskOperator(
            f"{path}: the town's memory cannot be read: {fault!r}. Delete it to open a new town."
        ) from fault


def write_record(home: Path, record: Record) -> None:
    """Keep the town's memory: written beside and renamed, so that a half-written file is never read."""
    path = record_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as stream:
        json.dump({"started": record.started.isoformat(), "places": dict(record.places)}, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def record_path(home: Path) -> Path:
    """Where the town's memory is kept."""
    return home / "demo" / "town.json"
