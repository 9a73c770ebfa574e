"""Public previews of broadcast channels: the newest posts, and older pages until known ones are met."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from scrapy.http import Request, Response

from chyrak.errors import SkipItem
from crawlers.canonical import canonical_url
from crawlers.pages.dates import read_date
from crawlers.pages.telegram import Channel, read_channel
from crawlers.spiders.base import Answer, SourceSpider

_POST = "post"


class TelegramSpider(SourceSpider):
    """Reads the preview page of every channel of `start`, and its older pages up to `most_pages`."""

    name = "telegram"

    async def start(self) -> AsyncIterator[Request]:
        """The channels."""
        for url in self.source.start:
            yield self.ask(url, "telegram", self.parse, entry=True, priority=20)

    def parse(self, response: Response, pages: int = 1, newer: tuple[str, ...] = ()) -> Iterator[Request]:
        """A page of a channel: evidence, then the older page when its oldest post is news to us.

        The posts of all its pages are noted as met when the last one has come: noted page by page, a run that broke off
        in between would hide the older posts from every later run.
        """
        answer = self.take(response)
        channel = self._channel(answer) if answer else None
        now = datetime.now(UTC)
        if channel is None or answer is None:
            if response.status == 304:
                self.run.listed(list(newer), _POST, now)
            return
        posts = [post for post in channel.posts if post.text]
        self.tally.items += len(posts)
        dates = filter(None, (read_date(post.published, now=now) for post in posts))
        self.tally.newest_item = max((*dates, *filter(None, (self.tally.newest_item,))), default=None)
        identities = [canonical_url(post.url) for post in channel.posts]
        met_before = bool(identities) and self.run.state(identities[0]) is not None
        met = (*newer, *identities)
        if channel.older and not met_before and pages < self.source.most_pages:
            request = self.ask(channel.older, "telegram", self.parse, entry=True, priority=20)
            yield request.replace(cb_kwargs={"pages": pages + 1, "newer": met})
        else:
            self.run.listed(list(met), _POST, now)

    def _channel(self, answer: Answer) -> Channel | None:
        try:
            return read_channel(answer.body, url=answer.capture.final_url, content_type=answer.content_type)
        except SkipItem as fault:
            self.list_failed(str(fault))
            return None
