"""robots.txt as RFC 9309 asks: obeyed with its Crawl-delay; one that cannot be had forbids everything (ETH-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawlers.politeness.throttle import slow_down

if TYPE_CHECKING:
    from scrapy.robotstxt import RobotParser

AGENT = "chyrak"


class Forbidden(IgnoreRequest):
    """robots.txt does not allow this address."""


class Unknown(Forbidden):
    """robots.txt could not be had: nothing may be asked for, but nobody has said no."""


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware, stricter: 401, 403, 429 and 5xx on robots.txt, or no answer, mean "do not crawl"."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._closed: dict[str, Forbidden] = {}

    async def process_request(self, request: Request, spider: object = None) -> None:
        """Let the request through, or raise Forbidden."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        host = urlsplit(request.url).netloc
        parser = await self.robot_parser(request)
        if host in self._closed:
            closed = self._closed[host]
            raise type(closed)(*closed.args)
        if parser is not None and not allowed(parser, request.url):
            raise Forbidden(f"robots.txt of {host} forbids {request.url}")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status in (401, 403, 429) or response.status >= 500:
            fault = Unknown if response.status >= 500 else Forbidden
            said = f"{netloc} answered {response.status} for robots.txt, which means: do not crawl"
            self._closed[netloc] = fault(said)
        await super()._parse_robots(response if response.status == 200 else response.replace(body=b""), netloc, request)
        parser = await self.robot_parser(request)
        delay = parser.crawl_delay(AGENT) if parser is not None else None
        if delay:
            slow_down(self.crawler, urlsplit(request.url).hostname or "", delay)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        said = f"robots.txt of {netloc} could not be had ({exc or type(exc).__name__}), so nothing else was asked for"
        self._closed.setdefault(netloc, Unknown(said))
        super()._robots_error(exc, netloc)


def allowed(parser: RobotParser, url: str) -> bool:
    """Whether a parsed robots.txt lets Chyrak ask for `url`."""
    return parser.allowed(url, AGENT)
