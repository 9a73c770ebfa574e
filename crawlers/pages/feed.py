"""RSS 0.9-2.0, RDF and Atom -> items, by feedparser on bytes whose charset we settled ourselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from chyrak.errors import SkipItem
from chyrak.records import Capture, Sighting
from crawlers.pages.charset import to_text
from crawlers.pages.dates import read_date
from crawlers.pages.markup import one_line, plain
from crawlers.pages.sight import content_url, sighting
from crawlers.source import Source

_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_LOOKS_LIKE_HTML = re.compile(r"^\s*(?:<!--.*?-->\s*)*(?:<!doctype html|<html)", re.IGNORECASE | re.DOTALL)
_DATE_KEYS = ("published", "updated", "created", "pubdate", "dc_date", "prism_publicationdate")
_MOST_ITEMS = 2000


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed; `published` is None when no date could be read, which loses nothing but the date."""

    url: str
    title: str
    text: str
    published: datetime | None
    language: str | None


def read_items(body: bytes, *, url: str, content_type: str | None, source: Source, now: datetime) -> list[Item]:
    """The feed's items in its own order, the same address once; empty for a valid feed without items.

    Raises SkipItem when the bytes are a web page or cannot be read as a feed at all.
    """
    text = to_text(body, content_type)
    if _LOOKS_LIKE_HTML.match(text):
        raise SkipItem(f"{url} answered HTML where a feed was expected. Look at it in a browser; correct `start`.")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(_PROLOG.sub("", text).encode("utf-8", "replace"), response_headers=headers)
    if not parsed.entries and not parsed.get("version"):
        raise SkipItem(
            f"{url} cannot be read as RSS or Atom ({parsed.get('bozo_exception', 'no feed element in it')})."
        )
    language = parsed.feed.get("language")
    items: dict[str, Item] = {}
    for entry in parsed.entries[:_MOST_ITEMS]:
        item = _item(entry, url, source, now, language)
        if item is not None:
            items.setdefault(item.url, item)
    return list(items.values())


def sightings(capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The feed's items as postings, where the source does not ask for their pages.

    With `pages: always` only items without a page of the source's own are given: the others come from their pages,
    and one posting must not change its text with every look at the feed.
    """
    content_type = header(capture, "content-type")
    found = []
    for item in read_items(
        body, url=capture.final_url, content_type=content_type, source=source, now=capture.fetched_at
    ):
        if source.pages == "always" and has_own_page(item, source):
            continue
        shown = sighting(
            source,
            capture,
            url=item.url,
            title=item.title,
            text=item.text,
            published_at=item.published,
            language=item.language,
        )
        if shown is not None:
            found.append(shown)
    return found


def has_own_page(item: Item, source: Source) -> bool:
    """Whether the item's address may be asked for: one of the source's hosts, and no mere fragment."""
    parts = urlsplit(item.url)
    return parts.hostname in source.own_hosts and not parts.fragment


def header(capture: Capture, name: str) -> str | None:
    """The first value of an HTTP header of the capture, whatever the case of its name."""
    return next((value for key, value in capture.headers if key.lower() == name), None)


def _item(
    entry: Mapping[str, Any], feed_url: str, source: Source, now: datetime, feed_language: str | None
) -> Item | None:
    title = one_line(plain(entry.get("title") or ""))
    text = plain(_longest_body(entry))
    guid = str(entry.get("id") or "").strip()
    link = urljoin(feed_url, str(entry.get("link") or "").strip()) if entry.get("link") else ""
    if not link and urlsplit(guid).scheme in ("http", "https"):
        link = guid
    if not title and not text and not link:
        return None
    if urlsplit(link).scheme not in ("http", "https"):
        link = content_url(feed_url, guid or f"{title}\n{text}", source)
    if text == title:
        text = ""
    return Item(link, title, text, _published(entry, source, now), entry.get("language") or feed_language)


def _longest_body(entry: Mapping[str, Any]) -> str:
    bodies = [str(part.get("value") or "") for part in entry.get("content") or ()]
    return max((*bodies, str(entry.get("summary") or "")), key=len)


def _published(entry: Mapping[str, Any], source: Source, now: datetime) -> datetime | None:
    for key in _DATE_KEYS:
        raw = entry.get(key)
        if raw:
            found = read_date(str(raw), now=now, languages=source.languages, timezone=source.timezone)
            if found is not None:
                return found
    return None
