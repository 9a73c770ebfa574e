"""A site that says no is left alone at once: no retry, no other address, no trick (ETH-16)."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

_ALWAYS = frozenset({401, 403, 407, 429, 451})
_LOOKED_AT_BYTES = 20_000


class Refusal:
    """Downloader middleware: ends the run on 401, 403, 429, 451 and on a challenge page, before a retry can see it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Pass the answer on, or end the run as refused."""
        if request.meta.get("dont_obey_robotstxt"):
            return response
        reason = refused(response)
        if reason is None:
            return response
        spider = self._crawler.spider
        spider.refused(f"{request.url} {reason}. Nothing more is asked of this site; write to its owner.")  # type: ignore[union-attr]
        raise IgnoreRequest(reason)


def refused(response: Response) -> str | None:
    """Why this answer means "leave", or None."""
    if response.status in _ALWAYS:
        return f"answered {response.status}"
    mitigated = response.headers.get("cf-mitigated") == b"challenge"
    if mitigated or (response.status in (200, 202, 503) and _challenge().search(response.body[:_LOOKED_AT_BYTES])):
        return f"answered {response.status} with a challenge for browsers"
    return None


@lru_cache(maxsize=1)
def _challenge() -> re.Pattern[bytes]:
    words = tomllib.loads(files("crawlers.politeness").joinpath("challenges.toml").read_text(encoding="utf-8"))
    return re.compile("|".join(f"(?:{pattern})" for pattern in words["marks"]).encode(), re.IGNORECASE)
