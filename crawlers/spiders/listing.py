"""Boards: a paged list (or a sitemap) of adverts, and the page of each."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from scrapy.http import Request, Response

from crawlers.canonical import canonical_url
from crawlers.pages.listing import read_links, sightings
from crawlers.spiders.base import SourceSpider


class ListingSpider(SourceSpider):
    """Reads the lists of `start` page by page, then the adverts that are new, due for another look, or missing."""

    name = "listing"
    _lists = 0

    async def start(self) -> AsyncIterator[Request]:
        """The first page of every list."""
        for url in self.source.start:
            self._lists += 1
            yield self.ask(url, "listing", self.parse, entry=True, priority=20)

    def parse(self, response: Response) -> Iterator[Request]:
        """A page of the list: evidence, its postings, the next page."""
        answer = self.take(response)
        if answer is None:
            return
        now = datetime.now(UTC)
        links = read_links(
            answer.body, url=answer.capture.final_url, content_type=answer.content_type, source=self.source
        )
        if self.source.pages == "never":
            found = len(sightings(answer.capture, answer.body, self.source))
        else:
            found = len(links.postings)
            yield from self._postings(list(links.postings), now)
        self.tally.items += found
        if not found and not links.further:
            self.tally.note(f"{response.url} shows no advert: its layout may have changed, look at `listing`")
        for url in links.further:
            if self._lists < self.source.most_pages:
                self._lists += 1
                yield self.ask(url, "listing", self.parse, entry=True, priority=20)

    def is_posting_url(self, url: str) -> bool:
        """As `listing.links` says."""
        return bool(re.search(self.source.listing.links, canonical_url(url, www=self.source.www)))

    def _postings(self, identities: list[str], now: datetime) -> Iterator[Request]:
        self.run.listed(identities, self.source.page_kind, now)
        for identity in identities:
            priority = self.wanted(identity, now)
            if priority is not None:
                yield self.ask(identity, self.source.page_kind, self.keep_page, identity=identity, priority=priority)
