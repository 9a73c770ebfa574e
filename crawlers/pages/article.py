"""A news page -> one article: trafilatura for the text, the page's own data for title and date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

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
_DATE_IN_SCRIPT = re.compile(
    r"""["'](?:datePosted|datePublished|publicationDate|publicationTime|published_?at|created_?at|createdTime)["']"""
    r"""\s*:\s*["'](\d{4}-\d{2}-\d{2}[^"']{0,25})["']""",
    re.IGNORECASE,
)
_DATE_CLASS = re.compile(r"(?:^|[\s_-])(?:date|published|pubdate|posted|created)(?:$|[\s_-])", re.IGNORECASE)
_LONGEST_DATE = 60
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "60")


def sightings(capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The article on the page. Raises SkipItem when no running text stands on it."""
    text = to_text(body, header(capture, "content-type"))
    root = tree(text)
    if root is None:
        raise SkipItem(f"{capture.final_url}: the answer is empty, no page to read.")
    data = next(iter(things(text, capture.final_url, *NEWS_TYPES)), {})
    drop(root, source.select.drop)
    content = (
        select_text(root, source.select.text)
        or main_text(root, precise=True)
        or plain(words(first(data.get("articleBody"))))
    )
    shown = sighting(
        source,
        capture,
        url=capture.url,
        title=title_of(root, source, data, "headline"),
        text=content,
        published_at=published_of(root, source, capture.fetched_at, words(first(data.get("datePublished")))),
        language=words(first(data.get("inLanguage"))) or root.get("lang"),
    )
    return [whole(shown, capture)]


def whole(shown: Sighting | None, capture: Capture) -> Sighting:
    """`shown` if it has a text; SkipItem otherwise, since a page that gives nothing must not pass in silence."""
    if shown is None or not shown.text:
        raise SkipItem(
            f"{capture.final_url}: no text was found on the page. It may be drawn by scripts or ask for a login; "
            "look at it in a browser, then name the text's element in `select`, or set pages: never."
        )
    return shown


def main_text(root: HtmlElement, *, precise: bool = False) -> str:
    """The running text of the page without menus, related headlines and comments.

    `precise` leaves out what may belong to another text: right for news, where a box of headlines of other cases would
    be read as this one; an advert must rather keep a line too many.
    """
    _unfold_layout(root)
    found = trafilatura.extract(
        root,
        include_comments=False,
        include_tables=True,
        include_images=False,
        include_links=False,
        deduplicate=False,
        favor_precision=precise,
        config=_CONFIG,
    )
    return tidy(found or "")


def _unfold_layout(root: HtmlElement) -> None:
    """Make plain blocks of tables that hold paragraphs: old sites lay whole pages out so, and cells would be glued."""
    for table in list(root.iter("table")):
        if next(table.iter("p", "h1", "h2", "div", "form"), None) is not None:
            for part in table.iter("table", "tbody", "tr", "td", "th"):
                part.tag = "div"


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
    """The publication time: as stated by the page's data, meta tags, `<time>`, its scripts, or in print."""
    candidates = (
        select_first(root, source.select.published),
        stated,
        meta(root, *_DATE_META),
        *(time.get("datetime", "") for time in root.iterfind(".//time[@datetime]")),
        *_in_scripts(root),
        *_shown(root),
    )
    for candidate in candidates:
        found = read_date(candidate, now=now, languages=source.languages, timezone=source.timezone)
        if found is not None:
            return found
    return None


def _in_scripts(root: HtmlElement) -> Iterator[str]:
    for script in root.iter("script"):
        if "json" in (script.get("type") or ""):
            yield from _DATE_IN_SCRIPT.findall(unescape(script.text or ""))


def _shown(root: HtmlElement) -> Iterator[str]:
    for element in root.iter():
        if isinstance(element.tag, str) and _DATE_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}"):
            text = one_line(element.text_content())
            if any(letter.isdigit() for letter in text) and len(text) <= _LONGEST_DATE:
                yield text
