"""Reviewer welfare (ETH-29): softened text, a count of what was read, and skipping without a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import session

PAUSE_AFTER_ADVERTS = 20
PAUSE_AFTER_MINUTES = 50


@dataclass(frozen=True, slots=True)
class Comfort:
    """How this reader wants pages to look, and how much they have read since they logged in."""

    blur: bool
    grey: bool
    keys: bool
    read: int
    minutes: int

    @property
    def pause(self) -> bool:
        """Whether to remind of a pause; nothing is ever locked."""
        return self.read >= PAUSE_AFTER_ADVERTS or self.minutes >= PAUSE_AFTER_MINUTES


def comfort(now: datetime | None = None) -> Comfort:
    """The reader's comfort as this session holds it."""
    first = session.get("first_read")
    minutes = int((now - datetime.fromisoformat(first)).total_seconds() // 60) if first and now else 0
    return Comfort(
        bool(session.get("blur")),
        bool(session.get("grey")),
        bool(session.get("keys")),
        len(session.get("read", [])),
        minutes,
    )


def count_reading(posting_id: str, now: datetime) -> None:
    """Note that this advert was read, once."""
    read = session.get("read", [])
    if posting_id not in read:
        session["read"] = [*read, posting_id][-500:]
        session.setdefault("first_read", now.isoformat())


def skip(posting_id: str) -> None:
    """Leave this advert out of the reader's queue for this session. No reason is asked for or kept."""
    skipped = session.get("skipped", [])
    session["skipped"] = [*(s for s in skipped if s != posting_id), posting_id][-500:]


def skipped() -> frozenset[str]:
    """The adverts this reader has set aside."""
    return frozenset(session.get("skipped", []))
