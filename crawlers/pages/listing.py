"""A list of adverts: where its postings and its next page stand, and its cards where pages are not asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement
from scrapy.utils.sitemap import Sitemap

from chyrak.records import Capture, Sighting
from crawlers.canonical import canonical_url
from crawlers.pages.charset import to_text
from crawlers.pages.dates import read_date
from crawlers.pages.feed import header
from crawlers.pages.jobposting import read_job
from crawlers.pages.markup import element_text, one_line, tree
from crawlers.pages.selected import select_fields, select_first, select_text
from crawlers.pages.sight import sighting
from crawlers.pages.structured import json_ld, things, words
from crawlers.source import Source

_XML = re.compile(rb"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(urlset|sitemapindex)\b", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses a list gives: its postings, and further lists (the next page, the parts of a sitemap index)."""

    postings: tuple[str, ...]
    further: tuple[str, ...]


def read_links(body: bytes, *, url: str, content_type: str | None, source: Source) -> Links:
    """The postings a list page or sitemap shows, canonical and in page order, each once; only on the source's hosts."""
    if _XML.match(body[:4000]):
        return _sitemap(body, source)
    text = to_text(body, content_type)
    root = tree(text)
    if root is None:
        return Links((), ())
    base = urljoin(url, (root.findtext(".//base") or "") or next(iter(root.xpath("//base/@href")), ""))
    looks = re.compile(source.listing.links) if source.listing.links else None
    found = [*_hrefs(root), *_data_urls(text)]
    addresses = (canonical_url(urljoin(base, href.strip()), www=source.www) for href in found)
    postings = [address for address in addresses if looks and looks.search(address) and _own(address, source)]
    further = [canonical_url(urljoin(base, href), www=source.www) for href in _next(root, source)]
    return Links(
        tuple(dict.fromkeys(postings)),
        tuple(dict.fromkeys(address for address in further if _own(address, source))),
    )


def sightings(capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The cards of the list as postings, where the source does not ask for the pages behind them."""
    if source.pages == "always":
        return []
    text = to_text(body, header(capture, "content-type"))
    root = tree(text)
    if root is None:
        return []
    found = [*_cards(capture, root, source), *_data_cards(capture, text, source)]
    return list({shown.url: shown for shown in reversed(found)}.values())[::-1]


def _cards(capture: Capture, root: HtmlElement, source: Source) -> Iterator[Sighting]:
    if not source.listing.card:
        return
    select = source.listing.select
    for card in CSSSelector(source.listing.card)(root):
        heading = select_first(card, select.title)
        link = _card_link(card, select.title)
        if not heading:
            continue
        shown = sighting(
            source,
            capture,
            url=urljoin(capture.final_url, link) if link else "",
            title=heading,
            text=select_text(card, select.text) or element_text(card),
            published_at=read_date(
                select_first(card, select.published),
                now=capture.fetched_at,
                languages=source.languages,
                timezone=source.timezone,
            ),
            language=root.get("lang"),
            fields=select_fields(card, select),
        )
        if shown is not None:
            yield shown


def _card_link(card: HtmlElement, title_selector: str) -> str:
    hits = CSSSelector(title_selector)(card) if title_selector else []
    for hit in hits:
        for element in (hit, *hit.iterancestors("a"), *hit.iter("a")):
            if element.get("href"):
                return str(element.get("href"))
    return str(card.get("href") or next(iter(card.xpath(".//a/@href")), ""))


def _data_cards(capture: Capture, text: str, source: Source) -> Iterator[Sighting]:
    for thing in things(text, capture.final_url, "JobPosting"):
        job = read_job(thing)
        published = read_date(
            job.published, now=capture.fetched_at, languages=source.languages, timezone=source.timezone
        )
        shown = sighting(
            source,
            capture,
            url=urljoin(capture.final_url, job.url) if job.url else "",
            title=job.title,
            text=job.text,
            published_at=published,
            language=job.language,
            fields=job.fields,
        )
        if shown is not None:
            yield shown


def _hrefs(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("a", "area"):
        if element.get("href"):
            yield element.get("href", "")


def _data_urls(text: str) -> Iterator[str]:
    for thing in json_ld(text):
        address = words(thing.get("url"))
        if address.startswith(("http://", "https://", "/")):
            yield address


def _next(root: HtmlElement, source: Source) -> Iterator[str]:
    if source.listing.next:
        yield from (hit.get("href") for hit in CSSSelector(source.listing.next)(root) if hit.get("href"))
        return
    for element in root.iter("a", "link"):
        if "next" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield element.get("href", "")


def _sitemap(body: bytes, source: Source) -> Links:
    found = Sitemap(body)
    addresses = [canonical_url(one_line(str(entry["loc"])), www=source.www) for entry in found if entry.get("loc")]
    addresses = list(dict.fromkeys(address for address in addresses if _own(address, source)))
    if found.type == "sitemapindex":
        return Links((), tuple(addresses))
    looks = re.compile(source.listing.links)
    return Links(tuple(address for address in addresses if looks.search(address)), ())


def _own(address: str, source: Source) -> bool:
    return urlsplit(address).hostname in source.own_hosts
