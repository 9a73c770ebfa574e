"""The budget of a run, and what is never downloaded: media (ETH-07), pages beyond the size limit, other hosts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http import Headers, Request

if TYPE_CHECKING:
    from crawlers.spiders.base import SourceSpider

_TEXTUAL = re.compile(
    r"^(?:text/|application/(?:[\w.+-]*\+)?(?:xml|json)\b|application/(?:x-)?(?:rss|rdf)\b)", re.IGNORECASE
)
_VAGUE = ("application/octet-stream", "binary/octet-stream", "application/x-www-form-urlencoded")
_MEDIA_NAME = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|heic|mp[34]|m4[av]|avi|mov|mkv|webm|wmv|ogg|oga|wav|flac|aac"
    r"|pdf|docx?|xlsx?|pptx?|zip|rar|7z|tar|gz|exe|apk|dmg|iso|woff2?|ttf|eot|css|js)$",
    re.IGNORECASE,
)


class Limits:
    """Downloader middleware: counts requests, keeps to the source's hosts, refuses addresses of media."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._headers_received, signal=signals.headers_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request through or raise IgnoreRequest; ends the run when its budget is spent."""
        spider: SourceSpider = self._crawler.spider  # type: ignore[assignment]  # every spider here is a SourceSpider
        host = urlsplit(request.url).hostname or ""
        if host not in spider.source.own_hosts:
            spider.tally.offsite += 1
            raise IgnoreRequest(f"{host} is none of the hosts of source {spider.source.id}")
        if _MEDIA_NAME.search(urlsplit(request.url).path):
            raise IgnoreRequest(f"{request.url} is a file, not a page; media are never fetched")
        if request.meta.get("dont_obey_robotstxt"):
            return
        if spider.ending:
            raise IgnoreRequest("the run is ending")
        if spider.tally.requests >= spider.most_requests:
            spider.end(f"stopped at the budget of {spider.most_requests} requests a run; the rest follows")
            raise IgnoreRequest("budget spent")
        if not spider.source.open_at(datetime.now(UTC)):
            spider.end("stopped: it is outside the source's `hours`")
            raise IgnoreRequest("outside the hours of the source")
        if spider.is_paused():
            spider.end("stopped: the source was paused")
            raise IgnoreRequest("source paused")
        spider.tally.requests += 1

    def _headers_received(self, headers: Headers, body_length: int | None, request: Request, spider: object) -> None:
        kind = (headers.get("Content-Type") or b"").decode("latin-1").strip()
        vague = kind.startswith(_VAGUE) and bool(request.meta.get("entry"))
        if kind and not _TEXTUAL.match(kind) and not vague:
            request.meta["stopped"] = f"{request.url} is {kind}, not a page: its body was not read"
            raise StopDownload(fail=True)
        limit = self._crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if body_length and limit and body_length > limit:
            request.meta["stopped"] = f"{request.url} is {body_length} bytes, more than {limit}: it was not read"
            raise StopDownload(fail=True)
