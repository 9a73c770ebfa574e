"""What one page would yield, storing nothing: asked through robots.txt and every other rule of a real crawl.

The asking is done by a child process (`python -m crawlers.preview URL`), since Scrapy's reactor starts once a process.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from chyrak.errors import ChyrakError, RetryLater, WrongUsage
from chyrak.records import Capture, Sighting
from chyrak.settings import Settings
from crawlers.pages import to_postings
from crawlers.pages.charset import to_text
from crawlers.pages.listing import read_links
from crawlers.pages.structured import things
from crawlers.register import load_sources, source_folders
from crawlers.source import Source

_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b")
_SITEMAP = re.compile(r"<(?:urlset|sitemapindex)\b")
_LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Preview:
    """What was asked and what it would give; `note` says why nothing came, empty when all is well."""

    url: str
    final_url: str
    status: int | None
    page_kind: str
    source: str | None
    postings: tuple[Sighting, ...]
    links: tuple[str, ...]
    note: str


def try_url(url: str, settings: Settings) -> Preview:
    """Ask for `url` once and read the answer as the source that owns its host says, or by its looks.

    Raises WrongUsage for what is no http(s) address and AskOperator for a faulty register.
    """
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("http", "https") or not host:
        raise WrongUsage(f"{url!r} is no address of a page: it must begin with http:// or https://")
    known = load_sources(source_folders(settings)).for_url(host)
    answer = _ask(url, settings)
    if answer.get("body") is None:
        return Preview(url, url, answer.get("status"), "", known.id if known else None, (), (), str(answer["note"]))
    body = base64.b64decode(answer["body"])
    headers = tuple((str(name), str(value)) for name, value in answer["headers"])
    capture = Capture("preview", url, answer["final_url"], answer["status"], headers, "", datetime.now(UTC), "")
    source = (known or _stranger(url)).model_copy(update={"pages": "never"})
    content_type = next((value for name, value in headers if name.lower() == "content-type"), None)
    kind = _kind(url, to_text(body, content_type), known)
    links: tuple[str, ...] = ()
    note = "" if answer["status"] == 200 else f"answered {answer['status']}"
    try:
        postings = tuple(to_postings(kind, capture, body, source))
        if kind == "listing" and source.listing.links:
            links = read_links(body, url=capture.final_url, content_type=content_type, source=source).postings
    except ChyrakError as fault:
        postings, note = (), str(fault)
    if not postings and not links and not note:
        note = f"nothing was found on it, read as {kind}"
    return Preview(url, capture.final_url, capture.status, kind, known.id if known else None, postings, links, note)


def _ask(url: str, settings: Settings) -> dict[str, Any]:
    child = subprocess.run(
        [sys.executable, "-m", "crawlers.preview", url, settings.model_dump_json()],
        capture_output=True,
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "crawlers.settings"},
        timeout=_LONGEST_SECONDS,
        check=False,
    )
    lines = child.stdout.decode("utf-8", "replace").splitlines()
    if not lines:
        last = child.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise RetryLater(f"{url} could not be asked for: {last}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def _stranger(url: str) -> Source:
    return Source.model_validate(
        {
            "id": "preview",
            "name": "preview",
            "kind": "feed",
            "about": "adverts",
            "start": [url],
            "languages": ["ru", "ky", "kk", "uz", "tg", "tk", "en"],
            "every": "1d",
            "enabled": False,
            "terms": {
                "url": url,
                "read_on": None,
                "basis": "public_interest",
                "owner": "unknown",
                "consent": "not_asked",
            },
        }
    )


def _kind(url: str, text: str, source: Source | None) -> str:
    if _SITEMAP.search(text[:2000]):
        return "listing"
    if _FEED.search(text[:2000]):
        return "feed"
    if "tgme_channel" in text:
        return "telegram"
    if source is not None:
        if url in source.start:
            return source.kind
        return source.page_kind
    if len(things(text, url, "JobPosting")) == 1:
        return "posting"
    return "article" if things(text, url, "NewsArticle", "Article") else "posting"


def _main(url: str, settings: Settings) -> None:
    """In the child: crawl one page and print the answer as one line of JSON."""
    from scrapy import Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Request, Response
    from scrapy.utils.project import get_project_settings
    from twisted.python.failure import Failure

    from crawlers.politeness.raw import header_pairs
    from crawlers.run import Tally
    from crawlers.spiders.base import scrapy_settings

    stranger = _stranger(url)
    answer: dict[str, Any] = {"status": None, "body": None, "note": "it gave no answer"}

    class Look(Spider):
        name = "look"
        source = stranger
        tally = Tally()
        ending = False
        most_requests = 5

        def is_paused(self) -> bool:
            return False

        def end(self, why: str) -> None:
            answer["note"] = why

        def refused(self, why: str) -> None:
            answer["note"] = why

        async def start(self) -> AsyncIterator[Request]:
            yield Request(url, callback=self.parse, errback=self.missed, meta={"entry": True})

        def parse(self, response: Response) -> None:
            answer.update(
                status=response.status,
                final_url=response.url,
                headers=header_pairs(response.headers),
                body=base64.b64encode(response.body).decode("ascii"),
                note="",
            )

        def missed(self, failure: Failure) -> None:
            stopped = failure.request.meta.get("stopped")  # type: ignore[attr-defined]  # set for every errback
            if answer["note"] == "it gave no answer":
                answer["note"] = str(stopped or failure.value or type(failure.value).__name__)

    chosen = get_project_settings()
    chosen.setdict(scrapy_settings(settings, stranger), priority="cmdline")
    chosen.set("LOG_LEVEL", "ERROR", priority="cmdline")
    extensions = {**chosen.getdict("EXTENSIONS"), "crawlers.verdict.Verdict": None}
    chosen.set("EXTENSIONS", extensions, priority="cmdline")
    process = AsyncCrawlerProcess(chosen)
    process.crawl(Look)
    process.start()
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1], Settings.model_validate_json(sys.argv[2]))
