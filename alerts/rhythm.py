"""When a released match may be mailed: rhythm, quiet hours and cap of its watch; only urgent passes them (ETH-20).

Nothing here drops a match: what is not due waits and is asked about again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chyrak.errors import WrongUsage
from chyrak.records import Level, Match, Watch

RHYTHMS = ("at_once", "hourly", "daily", "weekly")
MORNING = 8
"""Local hour at which a day or a week of mail begins, unless the watch's quiet hours end at another."""


def due(
    watch: Watch,
    last_sent: datetime | None,
    now: datetime,
    tz: ZoneInfo,
    *,
    level: int = 0,
    sent_today: int = 0,
    most_a_day: int | None = None,
) -> bool:
    """Whether a match of `level` under `watch` may go to a person in time zone `tz` at `now`.

    `last_sent` is when this person last got a mail that carried a match of this watch. Time is cut into hours, days
    and weeks of the person's own calendar, and a watch writes once in each: the first match that is released goes at
    once, what follows waits for the next hour, morning or Monday morning. `sent_today` counts the mails the person had
    today from all watches; `most_a_day` is the deployment's own cap, the lower of the two holds.
    Level 4 is always due.
    """
    if level >= Level.URGENT:
        return True
    return not in_quiet_hours(watch, now, tz) and _has_room(watch, last_sent, now, tz, sent_today, most_a_day)


def choose(
    matches: Sequence[Match],
    watches: Mapping[str, Watch],
    last_sent: Mapping[str, datetime],
    now: datetime,
    tz: ZoneInfo,
    *,
    sent_today: int = 0,
    most_a_day: int | None = None,
) -> list[Match]:
    """Of one person's released and unsent `matches`, those that go into the digest now, in the order given.

    `watches` and `last_sent` are by watch id; `last_sent` lacks the watches that never wrote to this person. A match
    whose watch is paused or not in `watches` waits. When one match of an advert is due, its other matches go along, so
    that the person reads of an advert once, with all the reasons.
    """
    active = {watch.id: watch for watch in watches.values() if not watch.paused}
    asked = [match for match in matches if match.watch_id in active]
    urgent = {match.posting_id for match in asked if match.level >= Level.URGENT}
    roomy = {
        watch.id
        for watch in active.values()
        if _has_room(watch, last_sent.get(watch.id), now, tz, sent_today, most_a_day)
    }
    calm = [match for match in asked if match.watch_id in roomy and match.posting_id not in urgent]
    # One mail disturbs as much as the next, so whatever has room goes along with a mail that goes anyway, quiet
    # hours or not. Otherwise quick watches would use up the cap before a slow one's quiet hours end, day after day.
    awake = {watch_id for watch_id in roomy if not in_quiet_hours(active[watch_id], now, tz)}
    goes = any(match.watch_id in awake for match in calm)
    ready = urgent | ({match.posting_id for match in calm} if goes else set())
    return [match for match in matches if match.posting_id in ready]


def _has_room(
    watch: Watch, last_sent: datetime | None, now: datetime, tz: ZoneInfo, sent_today: int, most_a_day: int | None
) -> bool:
    if sent_today >= min(watch.most_a_day, watch.most_a_day if most_a_day is None else most_a_day):
        return False
    return last_sent is None or watch.rhythm == "at_once" or last_sent < slot_start(watch, now, tz)


def in_quiet_hours(watch: Watch, now: datetime, tz: ZoneInfo) -> bool:
    """Whether `now` lies in the watch's quiet hours on the clock of `tz`; from 22 to 7 is the night."""
    if watch.quiet_from is None or watch.quiet_to is None or watch.quiet_from == watch.quiet_to:
        return False
    hour = now.astimezone(tz).hour
    if watch.quiet_from < watch.quiet_to:
        return watch.quiet_from <= hour < watch.quiet_to
    return hour >= watch.quiet_from or hour < watch.quiet_to


def slot_start(watch: Watch, now: datetime, tz: ZoneInfo) -> datetime:
    """The start (UTC) of the hour, day or week in which an hourly, daily or weekly `watch` may write once."""
    local = now.astimezone(tz)
    if watch.rhythm == "hourly":
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return now.astimezone(UTC) - past
    if watch.rhythm not in ("daily", "weekly"):
        raise WrongUsage(
            f"watch {watch.id!r}: rhythm {watch.rhythm!r} is none of {', '.join(RHYTHMS)}. Mend the watch."
        )
    hour = MORNING if watch.quiet_to is None else watch.quiet_to
    day = local.date() if local.hour >= hour else local.date() - timedelta(days=1)
    if watch.rhythm == "weekly":
        day -= timedelta(days=day.weekday())
    return datetime(day.year, day.month, day.day, hour, tzinfo=tz).astimezone(UTC)
