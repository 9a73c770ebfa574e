"""What the town publishes: the adverts, articles and sites of `content/`, checked when loaded.

Every text is invented. `expect` says how a careful person would read it; it is for tests only and never served.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chyrak.datafiles import load_yaml
from chyrak.errors import AskOperator
from chyrak.records import Stance

FOLDER = Path(__file__).parent / "content"

WrittenForm = Literal["ru", "ky", "kk", "uz-Latn", "uz-Cyrl", "tg", "tk", "en"]
SiteKind = Literal["outlet", "board", "channel", "closed", "dead"]

_OLDEST_HOURS = 20 * 24


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(_Model):
    """How a careful reader would take it. `level`: none and watch stay unflagged, flag is 2 or 3, urgent is 4."""

    stance: Stance = Stance.OFFER
    level: Literal["none", "watch", "flag", "urgent"] = "none"
    types: tuple[str, ...] = ()
    campaign: str | None = None
    look_alike: str | None = Field(default=None, pattern=r"^HN([1-9]|1\d|20)$")
    also: tuple[str, ...] = ()


class Edit(_Model):
    """A later wording. `after` is in seconds from the town's start."""

    after: int = Field(gt=0)
    title: str | None = None
    text: str = Field(min_length=1)
    expect: Expect | None = None


class Salary(_Model):
    """Pay as a board's structured data states it."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    minimum: int = Field(gt=0)
    maximum: int | None = None
    period: Literal["HOUR", "DAY", "WEEK", "MONTH"] = "MONTH"


class Item(_Model):
    """One published text. Without `hours_ago` its age at the town's start follows from its id, up to 20 days."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    site: str
    title: str = ""
    text: str = Field(min_length=1)
    employer: str = ""
    city: str = ""
    salary: Salary | None = None
    appears_after: int = Field(default=0, ge=0)
    hours_ago: float | None = Field(default=None, ge=0)
    edits: tuple[Edit, ...] = ()
    gone_after: int | None = Field(default=None, gt=0)
    gone_status: Literal[404, 410] = 404
    forbidden: bool = False
    expect: Expect = Expect()
    language: str = ""

    @property
    def number(self) -> int:
        """Six digits that stand for the item in its site's addresses."""
        return 100_000 + zlib.crc32(self.id.encode()) % 900_000

    @property
    def born(self) -> float:
        """Seconds from the town's start to its publication; negative for what was there before."""
        if self.appears_after:
            return float(self.appears_after)
        hours = 2 + zlib.crc32(self.id.encode()) % _OLDEST_HOURS if self.hours_ago is None else self.hours_ago
        return -3600.0 * hours


class Site(_Model):
    """One made-up site on an address of its own."""

    id: str
    kind: SiteKind
    name: str
    tagline: str = ""
    language: str = "ru"
    encoding: str = "utf-8"
    feed: Literal["rss", "atom", "html", ""] = ""
    structured: Literal["graph", "patchy", ""] = ""
    channel: str = ""
    robots: str = ""
    months_old: int = 0


class Words(_Model):
    """The fixed words of a site's pages in one language."""

    newer: str
    older: str
    posted: str
    employer: str
    city: str
    read_also: str
    members: str


class _Shelf(_Model):
    language: WrittenForm
    review: str
    items: tuple[Item, ...]


class _Map(_Model):
    words: Mapping[str, Words]
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """Everything there is to publish: sites in the order of their addresses, items in the order of the files."""

    sites: tuple[Site, ...]
    adverts: tuple[Item, ...]
    articles: tuple[Item, ...]
    words: Mapping[str, Words]

    def site(self, site_id: str) -> Site:
        """The site of that id; KeyError where there is none."""
        for site in self.sites:
            if site.id == site_id:
                return site
        raise KeyError(site_id)

    def words_of(self, site: Site) -> Words:
        """The words of the site's language, or the English ones."""
        return self.words.get(site.language, self.words["en"])

    def on(self, site_id: str) -> tuple[Item, ...]:
        """Every item of one site."""
        return tuple(item for item in (*self.adverts, *self.articles) if item.site == site_id)


@lru_cache(maxsize=4)
def load_town(folder: Path = FOLDER) -> Town:
    """The town as its files describe it.

    Raises AskOperator with the file's name for an unknown key, a wrong value, an id used twice or a site that is
    not on the map.
    """
    town_map = load_yaml(folder / "sites.yaml", _Map)
    sites = town_map.sites
    adverts = tuple(_items(sorted((folder / "adverts").glob("*.yaml"))))
    articles = tuple(_items(sorted((folder / "articles").glob("*.yaml"))))
    _refuse_repeats([site.id for site in sites], folder / "sites.yaml")
    _refuse_repeats([item.id for item in (*adverts, *articles)], folder)
    known = {site.id for site in sites}
    for item in (*adverts, *articles):
        if item.site not in known:
            raise AskOperator(
                f"{folder}: {item.id!r} stands on the unknown site {item.site!r}. Known: {', '.join(sorted(known))}."
            )
    return Town(sites, adverts, articles, town_map.words)


def _items(files: Iterable[Path]) -> Iterable[Item]:
    for file in files:
        shelf = load_yaml(file, _Shelf)
        for item in shelf.items:
            yield item.model_copy(
                update={
                    "text": item.text.strip(),
                    "title": item.title.strip(),
                    "language": item.language or shelf.language,
                    "edits": tuple(edit.model_copy(update={"text": edit.text.strip()}) for edit in item.edits),
                }
            )


def _refuse_repeats(ids: Sequence[str], where: Path) -> None:
    seen: set[str] = set()
    for item_id in ids:
        if item_id in seen:
            raise AskOperator(f"{where}: the id {item_id!r} is used twice. Give one of them another id.")
        seen.add(item_id)
