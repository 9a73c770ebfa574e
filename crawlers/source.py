"""One source of adverts as its YAML file describes it: where, how often, how gently, and on what legal footing."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, model_validator

from chyrak.records import Kind

FIELDS = ("employer", "pay", "place", "valid_until", "employment_type")
"""The only fields a page may give beside title, text and date (ETH-09)."""

_DURATION = re.compile(r"(\d{1,4})\s*(m|h|d)")
_UNIT_SECONDS = {"m": 60, "h": 3600, "d": 86400}
_KINDS = {"adverts": Kind.ADVERT, "news": Kind.ARTICLE, "messages": Kind.MESSAGE}


def _duration(value: str) -> str:
    seconds(value)
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ValueError(f"{value!r} is no time zone; write one such as Asia/Bishkek") from fault
    return value


def _regex(value: str) -> str:
    try:
        re.compile(value)
    except re.error as fault:
        raise ValueError(f"not a regular expression: {fault}") from fault
    return value


def _web(value: str) -> str:
    HttpUrl(value)
    return value


Duration = Annotated[str, AfterValidator(_duration)]
Zone = Annotated[str, AfterValidator(_zone)]
Regex = Annotated[str, AfterValidator(_regex)]
Web = Annotated[str, AfterValidator(_web)]


def seconds(duration: str) -> int:
    """Seconds of a duration such as `30m`, `2h` or `1d`.

    Raises ValueError for anything else.
    """
    found = _DURATION.fullmatch(duration.strip())
    if not found or not int(found[1]):
        raise ValueError(f"{duration!r} is no duration; write for example 30m, 2h or 1d")
    return int(found[1]) * _UNIT_SECONDS[found[2]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Terms(_Part):
    """On what footing the source is read (ETH-18). `read_on` is the day a person read the terms; null: nobody has."""

    url: Web
    read_on: date | None
    basis: Literal["public_interest", "legitimate_interest", "consent", "licence", "agreement"]
    owner: str = Field(min_length=3)
    consent: Literal["not_asked", "asked", "given", "objected"]
    note: str = ""


class Hours(_Part):
    """The hours of the site's day, `since <= hour < until`, in which it may be crawled; it may run over midnight."""

    since: int = Field(ge=0, le=23)
    until: int = Field(ge=0, le=23)
    timezone: Zone

    @model_validator(mode="after")
    def _some_hour(self) -> Self:
        if self.since == self.until:
            raise ValueError("since and until are the same hour: no time would be left; leave `hours` out for always")
        return self

    def open_at(self, moment: datetime) -> bool:
        """Whether `moment` lies within these hours."""
        hour = moment.astimezone(ZoneInfo(self.timezone)).hour
        if self.since <= self.until:
            return self.since <= hour < self.until
        return hour >= self.since or hour < self.until


class Select(_Part):
    """CSS selectors of a page's parts, for boards that mark nothing up. Everything is optional."""

    title: str = ""
    text: str = ""
    published: str = ""
    employer: str = ""
    pay: str = ""
    place: str = ""
    valid_until: str = ""
    employment_type: str = ""
    drop: str = ""


class Listing(_Part):
    """How a list of adverts names its postings and its next page.

    `links` is a regular expression for the address of a posting page. `next` is a CSS selector of the link to the
    next page; `rel=next` is followed without it. `card` selects one advert in the list, `select` the parts in it:
    used when the posting pages are not asked for.
    """

    links: Regex = ""
    next: str = ""
    card: str = ""
    select: Select = Select()


class Source(_Part):
    """One place to read. Unknown keys are refused; `enabled` needs terms that a person has read."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]{1,62}$")
    name: str = Field(min_length=2)
    kind: Literal["feed", "listing", "telegram"]
    about: Literal["adverts", "news", "messages"]
    start: tuple[Web, ...] = Field(min_length=1)
    hosts: tuple[str, ...] = ()
    languages: tuple[str, ...] = Field(min_length=1)
    timezone: Zone = "UTC"
    every: Duration
    hours: Hours | None = None
    pages: Literal["always", "never"] = "always"
    most_requests: int = Field(default=200, ge=1)
    most_pages: int = Field(default=5, ge=1)
    delay: float = Field(default=0.0, ge=0.0, description="seconds; counts when it is more than the deployment's")
    recheck: Duration = "1d"
    recheck_gone: int = Field(default=20, ge=0)
    stale_after: Duration = "30d"
    www: Literal["keep", "strip"] = "keep"
    enabled: bool
    replaces: bool = False
    tags: tuple[str, ...] = ()
    terms: Terms
    listing: Listing = Listing()
    select: Select = Select()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.enabled and self.terms.read_on is None:
            raise ValueError(
                f"source {self.id!r} is enabled but terms.read_on is null: read {self.terms.url} and write that "
                "day's date there, or set enabled: false"
            )
        if self.enabled and self.terms.consent == "objected":
            raise ValueError(f"source {self.id!r} is enabled though its owner objected: set enabled: false")
        if self.kind == "listing" and self.pages == "always" and not self.listing.links:
            raise ValueError(f"source {self.id!r} is a listing: listing.links must say how a posting's address looks")
        if self.kind == "listing" and self.pages == "never" and not self.listing.card:
            raise ValueError(f"source {self.id!r} reads cards only: listing.card must select one advert of the list")
        return self

    @property
    def every_seconds(self) -> int:
        """Seconds between two runs."""
        return seconds(self.every)

    @property
    def recheck_seconds(self) -> int | None:
        """Seconds after which the page of a live advert is asked for again; None for news, which is read once."""
        return None if self.about == "news" else seconds(self.recheck)

    @property
    def gone_checks(self) -> int:
        """How many adverts that the lists no longer show are asked for again in one run, to see whether they live."""
        return 0 if self.about == "news" or self.pages == "never" else self.recheck_gone

    @property
    def stale_seconds(self) -> int:
        """Age of the newest item from which the source counts as stale."""
        return seconds(self.stale_after)

    @property
    def posting_kind(self) -> Kind:
        """What sort of text its postings are."""
        return _KINDS[self.about]

    @property
    def page_kind(self) -> str:
        """How the page of one posting is read: `article` or `posting`."""
        return "article" if self.about == "news" else "posting"

    @property
    def own_hosts(self) -> frozenset[str]:
        """The hosts that may be asked; every other is off-site."""
        return frozenset(host.lower() for host in (*self.hosts, *(urlsplit(url).hostname or "" for url in self.start)))

    def opens_at(self, moment: datetime) -> datetime:
        """`moment`, or the first full hour after it at which it may be crawled."""
        while not self.open_at(moment):
            moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return moment

    def open_at(self, moment: datetime) -> bool:
        """Whether it may be crawled at `moment` (its night window, if it has one)."""
        return self.hours is None or self.hours.open_at(moment)
