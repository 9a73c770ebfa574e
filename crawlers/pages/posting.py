"""The page of one advert: JSON-LD or microdata JobPosting, the source's selectors, and the page's own text."""

from __future__ import annotations

from lxml.html import HtmlElement

from chyrak.errors import SkipItem
from chyrak.records import Capture, Sighting
from crawlers.pages.article import main_text, published_of, title_of, whole
from crawlers.pages.charset import to_text
from crawlers.pages.clean import drop_counters
from crawlers.pages.feed import header
from crawlers.pages.jobposting import Job, read_job
from crawlers.pages.markup import element_text, tree
from crawlers.pages.selected import drop, select_fields, select_text
from crawlers.pages.sight import sighting
from crawlers.pages.structured import meta, things
from crawlers.source import Source

# A description shorter than this is a teaser when the page holds more.
_TEASER = 200
_TEASER_SHARE = 3


def sightings(capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """The advert on the page; what its data leave out is taken from its text. Raises SkipItem when there is no text."""
    text = to_text(body, header(capture, "content-type"))
    root = tree(text)
    if root is None:
        raise SkipItem(f"{capture.final_url}: the answer is empty, no page to read.")
    found = things(text, capture.final_url, "JobPosting")
    job = read_job(found[0]) if found else Job()
    drop_counters(root)
    drop(root, source.select.drop)
    shown = sighting(
        source,
        capture,
        url=capture.url,
        title=title_of(root, source, {"title": job.title}, "title"),
        text=_text(job, root, source),
        published_at=published_of(root, source, capture.fetched_at, job.published),
        language=job.language or root.get("lang"),
        fields={**job.fields, **select_fields(root, source.select)},
    )
    return [whole(shown, capture)]


def _text(job: Job, root: HtmlElement, source: Source) -> str:
    chosen = select_text(root, source.select.text)
    if chosen:
        return chosen
    if len(job.text) >= _TEASER:
        return job.text
    shown = main_text(root) or meta(root, "og:description", "description")
    if not shown:
        bodies = root.findall(".//main") or root.findall(".//article") or root.findall(".//body")
        shown = element_text(bodies[0]) if bodies else ""
    return shown if len(shown) > _TEASER_SHARE * len(job.text) else job.text
