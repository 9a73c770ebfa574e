"""Feeds: RSS, RDF, Atom. Items are read from the feed itself or from the pages they point to, as the source says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from scrapy.http import Request, Response

from chyrak.errors import SkipItem
from crawlers.canonical import canonical_url
from crawlers.pages.feed import Item, has_own_page, read_items
from crawlers.spiders.base import Answer, SourceSpider


class FeedSpider(SourceSpider):
    """Reads every feed of `start`, then the pages of items that are new or due for another look."""

    name = "feed"

    async def start(self) -> AsyncIterator[Request]:
        """The feeds."""
        for url in self.source.start:
            yield self.ask(url, "feed", self.parse, entry=True, priority=20)

    def parse(self, response: Response) -> Iterator[Request]:
        """A feed: evidence, then its items' pages."""
        answer = self.take(response)
        items = self._items(answer) if answer else []
        now = datetime.now(UTC)
        self.tally.items += len(items)
        for item in items:
            if item.published and (self.tally.newest_item is None or item.published > self.tally.newest_item):
                self.tally.newest_item = item.published
        if self.source.pages == "never":
            return
        own = {canonical_url(item.url, www=self.source.www): item for item in items if has_own_page(item, self.source)}
        self.run.listed(list(own), self.source.page_kind, now)
        for identity, item in own.items():
            priority = self.wanted(identity, now)
            if priority is not None:
                yield self.ask(item.url, self.source.page_kind, self.keep_page, identity=identity, priority=priority)

    def _items(self, answer: Answer) -> list[Item]:
        try:
            return read_items(
                answer.body,
                url=answer.capture.final_url,
                content_type=answer.content_type,
                source=self.source,
                now=answer.capture.fetched_at,
            )
        except SkipItem as fault:
            self.list_failed(str(fault))
            return []
