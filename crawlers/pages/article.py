"""A news page -> one article: trafilatura for the text, the page's own data for title and date."""

from __future__ import annotations

from datetime import datetime

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import use_config

from chyrak.errors import SkipItem
from chyrak.records import Capture, Sighting
from crawlers.pages.charset import to_text
from crawlers.pages.dates import read_date
from crawlers.pages.feed import header
from crawlers.pages.markup import one_line, plain, tidy, tree
from crawlers.pages.selected import drop, select_first, select_text
from crawlers.pages.sight import sighting
from crawlers.pages.structured import Thing, first, meta, things, words
from crawlers.source import Source

NEWS_TYPES = ("NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "BlogPosting", "Report")
_DATE_META = (
    "article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publish-date",
    "dc.date.issued",
    "dc.date",
    "og:pubdate",
    "mediator_published_time",
    "parsely-pub-date",
    "sailthru.date",
)
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "60")


def sightings(capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The article on the page, or nothing where no running text stands on it.

    Raises SkipItem for an answer that is no HTML at all.
    """
    text = to_text(body, header(capture, "content-type"))
    root = tree(text)
    if root is None:
        raise SkipItem(f"{capture.final_url}: the answer is empty, no page to read.")
    data = next(iter(things(text, capture.final_url, *NEWS_TYPES)), {})
    drop(root, source.select.drop)
    content = select_text(root, source.select.text) or main_text(root) or plain(words(first(data.get("articleBody"))))
    shown = sighting(
        source,
        capture,
        url=capture.url,
        title=title_of(root, source, data, "headline"),
        text=content,
        published_at=published_of(root, source, capture.fetched_at, words(first(data.get("datePublished")))),
        language=words(first(data.get("inLanguage"))) or root.get("lang"),
    )
    return [shown] if shown is not None and shown.text else []


def main_text(root: HtmlElement) -> str:
    """The running text of the page without menus, related headlines and comments."""
    found = trafilatura.extract(
        root,
        include_comments=False,
        include_tables=True,
        include_images=False,
        include_links=False,
        deduplicate=False,
        favor_recall=False,
        config=_CONFIG,
    )
    return tidy(found or "")


def title_of(root: HtmlElement, source: Source, data: Thing, key: str) -> str:
    """The heading: by the source's selector, the page's data, its only `h1`, Open Graph, the title element."""
    headings = [one_line(heading.text_content()) for heading in root.iter("h1")]
    headings = [heading for heading in headings if heading]
    candidates = (
        select_first(root, source.select.title),
        plain(words(first(data.get(key)))),
        headings[0] if len(headings) == 1 else "",
        meta(root, "og:title", "twitter:title"),
        *headings[:1],
        one_line(root.findtext(".//title") or ""),
    )
    return one_line(next((candidate for candidate in candidates if candidate.strip()), ""))


def published_of(root: HtmlElement, source: Source, now: datetime, stated: str) -> datetime | None:
    """The publication time: as stated by the page's data, then meta tags, then the first `<time>`."""
    times = root.iterfind(".//time[@datetime]")
    candidates = (
        select_first(root, source.select.published),
        stated,
        meta(root, *_DATE_META),
        *(time.get("datetime", "") for time in times),
    )
    for candidate in candidates:
        found = read_date(candidate, now=now, languages=source.languages, timezone=source.timezone)
        if found is not None:
            return found
    return None
