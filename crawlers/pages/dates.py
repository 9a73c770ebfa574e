"""Dates as feeds and boards write them -> aware UTC times."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import dateparser

_KNOWN_TO_DATEPARSER = frozenset({"ru", "ky", "kk", "uz", "en", "tr", "az", "fa", "de", "fr", "pt", "es", "uk", "zh"})
_ALWAYS = ("ru", "en")
_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?\b")
_GLUED_DAY = re.compile(r"^[^\W\d]{2,12},(?=\d)")
_YEAR_FIRST = re.compile(r"(\d{4})\D{0,20}?(\d{1,2})(?:[\s-]*(?:nji|njy|нчы|нчи|чи))?[\s-]+([^\W\d]+)")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:[\s-]*(?:nji|njy|нчы|нчи|чи|уми|юми))?[\s.-]+([^\W\d]{3,}(?: айы)?)\D{0,12}(\d{4})?"
)
_OFFSET = re.compile(r"(?:\b(?:GMT|UTC|Z)\b|([+-])(\d{2}):?(\d{2}))\s*$", re.IGNORECASE)
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?\b")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?")
_OLDEST = datetime(1995, 1, 1, tzinfo=UTC)


def read_date(text: str, *, now: datetime, languages: Sequence[str] = (), timezone: str = "UTC") -> datetime | None:
    """The moment `text` speaks of, in UTC; None when it cannot be read or is no plausible publication date.

    `now` anchors "3 hours ago"; a time without an offset is in `timezone`. Dates before 1995 or more than two days
    ahead of `now` are refused: they are typing errors or default values of the site's software.
    """
    cleaned = _cleaned(text)
    if not cleaned:
        return None
    zone = ZoneInfo(timezone)
    found = _iso(cleaned) or _mail(cleaned) or _own(cleaned, now, zone)
    return _plausible(found or _dateparser(cleaned, now, timezone, languages), zone, now)


def _plausible(found: datetime | None, zone: tzinfo, now: datetime) -> datetime | None:
    if found is None:
        return None
    try:
        moment = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if _OLDEST <= moment <= now + timedelta(days=2) else None


def _cleaned(text: str) -> str:
    line = " ".join(text.split()).strip(" .,;|–—-·•")[:120]
    lowered = line.casefold()
    for label in _words()["labels"]["words"]:
        if lowered.startswith(label):
            line = line[len(label) :].lstrip(" :–—-")
            break
    for zone in _words()["zones"]["ambiguous"]:
        line = line.removesuffix(zone).rstrip()
    line = _GLUED_DAY.sub("", line)
    return _GMT_OFFSET.sub(lambda hit: f"{hit[1]}{int(hit[2]):02d}{hit[3] or '00'}", line)


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found or len(text) > len(found[0]) + 8:
        return None
    try:
        return datetime.fromisoformat(found[0].replace(",", ".").replace(" +", "+").replace(" Z", "Z"))
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _own(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    lowered = text.casefold()
    return _relative(lowered, now, zone) or _named_month(lowered, now, zone)


def _relative(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    words = _words()["relative"]
    here = now.astimezone(zone)
    for name, back in (("today", 0), ("yesterday", 1)):
        if any(text.startswith(word) for word in words[name]):
            return _at_clock(here - timedelta(days=back), text)
    found = re.match(r"(\d{1,3})\s+([^\W\d]+)\s+(.+)$", text)
    if not found or not any(found[3].startswith(word) for word in words["ago"]):
        return None
    days = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0}
    for unit, length in days.items():
        if any(found[2].startswith(stem) for stem in words[unit]):
            return here - timedelta(days=length * int(found[1]))
    return None


def _named_month(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    year_first = _YEAR_FIRST.search(text)
    day_first = _DAY_FIRST.search(text)
    if year_first and (month := _month(year_first[3])):
        year, day = int(year_first[1]), int(year_first[2])
    elif day_first and (month := _month(day_first[2])):
        day = int(day_first[1])
        year = int(day_first[3]) if day_first[3] else _year_of(month, now)
    else:
        return None
    try:
        return _at_clock(datetime(year, month, day, tzinfo=_offset(text) or zone), text)
    except ValueError:
        return None


def _offset(text: str) -> tzinfo | None:
    found = _OFFSET.search(text)
    if not found:
        return None
    ahead = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0))
    return fixed_zone(-ahead if found[1] == "-" else ahead)


def _year_of(month: int, now: datetime) -> int:
    return now.year - 1 if month > now.month + 1 else now.year


def _at_clock(day: datetime, text: str) -> datetime:
    clock = _CLOCK.search(text)
    hour, minute, second = (int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else (0, 0, 0)
    return day.replace(hour=hour, minute=minute, second=second, microsecond=0)


def _month(word: str) -> int | None:
    for stems in _words()["months"].values():
        for number, stem in enumerate(stems, start=1):
            # "ма" is May only as the whole short word: маю, май, мая; a longer word is another one.
            if word == stem or (word.startswith(stem) and (len(stem) > 2 or len(word) <= 4)):
                return number
    return None


def _dateparser(text: str, now: datetime, timezone: str, languages: Sequence[str]) -> datetime | None:
    asked = [name for name in dict.fromkeys((*languages, *_ALWAYS)) if name in _KNOWN_TO_DATEPARSER]
    settings = {
        "RELATIVE_BASE": now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None),
        "TIMEZONE": timezone,
        "RETURN_AS_TIMEZONE_AWARE": True,
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "past",
        "REQUIRE_PARTS": ["day", "month"],
    }
    found = dateparser.parse(text, languages=asked, settings=settings)
    return found if isinstance(found, datetime) else None


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads(files("crawlers.pages").joinpath("dates.toml").read_text(encoding="utf-8"))
