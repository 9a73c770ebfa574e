"""What every spider shares: opening the run, asking politely, and keeping each answer as evidence."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from chyrak import __version__
from chyrak.errors import AskOperator, ChyrakError, WrongUsage
from chyrak.records import Capture
from chyrak.settings import Settings, load_settings
from crawlers.canonical import canonical_url
from crawlers.politeness.raw import header_pairs
from crawlers.politeness.robots import Forbidden, Unknown
from crawlers.politeness.throttle import delay_for
from crawlers.register import Source, load_sources, source_folders
from crawlers.run import SEEN, Run, Tally
from store import open_store
from store.crawl import runs

GONE = (404, 410)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_HOPS = 4
_TOO_LARGE = 413
_NOT_A_TEXT = 415
_UNREACHED = 599


@dataclass(frozen=True, slots=True)
class Answer:
    """A page that came whole: its capture and its decompressed body."""

    capture: Capture
    body: bytes
    content_type: str | None


class SourceSpider(Spider):
    """A spider for one source, named by `-a source=ID`; `-a home=DIR` and `-a run=N` as the launcher gives them."""

    source: Source
    run: Run
    ending = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open the run and set what the deployment and the source ask for.

        Raises WrongUsage for an unknown source or one of another kind, AskOperator for one that may not be crawled.
        """
        home = kwargs.pop("home", None)
        named = kwargs.pop("source", "")
        run = kwargs.pop("run", None)
        settings = load_settings(Path(home) if home else None)
        try:
            source = find_source(settings, named, cls.name)
        except ChyrakError as fault:
            _give_up(settings, run, str(fault))
            raise
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.source = source
        spider.run = _open_run(settings, source, int(run) if run else None)
        for name, value in scrapy_settings(settings, source).items():
            crawler.settings.set(name, value, priority="spider")
        crawler.signals.connect(spider._idle, signal=signals.spider_idle)
        return spider

    @property
    def tally(self) -> Tally:
        """The counts of this run."""
        return self.run.tally

    @property
    def most_requests(self) -> int:
        """The budget of this run."""
        return min(self.source.most_requests, self.run.settings.crawl.most_requests_a_run)

    def is_paused(self) -> bool:
        """Whether the source's kill switch is thrown."""
        return self.run.paused()

    def end(self, why: str) -> None:
        """Let the run end: what is under way comes in, nothing more is asked."""
        self.ending = True
        self.tally.cut = self.tally.cut or why

    def refused(self, why: str) -> None:
        """End the run because the site said no."""
        self.ending = True
        self.tally.refused = self.tally.refused or why

    def ask(
        self,
        url: str,
        page_kind: str,
        callback: Callable[..., Any],
        *,
        identity: str | None = None,
        entry: bool = False,
        priority: int = 0,
        hops: int = 0,
    ) -> Request:
        """A request for `url`, conditional where a validator is known; `identity` is the canonical address."""
        key = identity or canonical_url(url, www=self.source.www)
        meta = {"identity": key, "page_kind": page_kind, "entry": entry, "dont_redirect": not entry, "hops": hops}
        return Request(
            url,
            callback=callback,
            errback=self.missed,
            headers=self.run.validators(key),
            meta=meta,
            priority=priority,
            dont_filter=hops > 0,
        )

    def wanted(self, identity: str, now: datetime) -> int | None:
        """With which priority a listed posting is asked for: 10 when new, 0 for another look, None for not now."""
        state = self.run.state(identity)
        if state is None or state.fetched_at is None:
            return 10
        if state.last_status in (_UNREACHED, 500, 502, 503, 504):
            return 10  # not read yet: waiting for `recheck` would leave it behind a list that answers 304
        again = self.source.recheck_seconds
        if again is None:
            return None
        return 0 if (now - state.fetched_at).total_seconds() >= again else None

    def take(self, response: Response) -> Answer | None:
        """Keep the answer as evidence; None when it holds nothing to read (unchanged, gone, an error)."""
        request = _request(response)
        identity, page_kind = str(request.meta["identity"]), str(request.meta["page_kind"])
        entry, now = bool(request.meta["entry"]), datetime.now(UTC)
        self.tally.answers += 1
        if response.status == 304:
            self.run.unchanged(identity, page_kind, now, entry=entry)
            return None
        if response.status == 200:
            return self._kept(response, identity, page_kind, entry, now)
        if not entry and (response.status in GONE or response.status in _REDIRECTS):
            self._taken_down(response, identity, page_kind, now)
            return None
        self._failed(f"{response.url} answered {response.status}", entry=entry)
        self.run.missed(identity, page_kind, response.status, now)
        return None

    def keep_page(self, response: Response) -> Iterator[Request]:
        """Callback of a posting's page: evidence, or a redirect to the page it moved to."""
        moved = self._moved_to(response)
        if moved is not None:
            request = _request(response)
            yield self.ask(
                moved,
                request.meta["page_kind"],
                self.keep_page,
                identity=request.meta["identity"],
                priority=request.priority,
                hops=request.meta["hops"] + 1,
            )
            return
        self.take(response)

    def missed(self, failure: Failure) -> None:
        """Errback: say what could not be had, and why."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there for every errback
        identity, page_kind = str(request.meta["identity"]), str(request.meta["page_kind"])
        fault, now = failure.value, datetime.now(UTC)
        if isinstance(fault, Unknown):
            self._failed(str(fault), entry=bool(request.meta["entry"]))
            return
        if isinstance(fault, Forbidden):
            self.tally.forbidden += 1
            self.tally.note(str(fault))
            if request.meta["entry"]:
                self.refused(f"{fault}. Ask the owner for a feed, or disable the source.")
            return
        if isinstance(fault, IgnoreRequest):
            if request.meta["entry"] and not self.ending:
                why = f"{fault}; the source's `start` leads there. Correct it, or name the host in `hosts`."
                self._failed(why, entry=True)
            return
        stopped = request.meta.get("stopped")
        limit = self.crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if stopped:
            status, note = _NOT_A_TEXT, str(stopped)
        elif type(fault).__name__ == "DownloadCancelledError":
            status, note = (
                _TOO_LARGE,
                f"{request.url} was cut off at {limit} bytes, the limit of crawl.most_bytes_a_page",
            )
        else:
            status, note = _UNREACHED, f"{request.url}: {type(fault).__name__} {fault}".strip()
        self._failed(note, entry=bool(request.meta["entry"]), for_good=status in (_NOT_A_TEXT, _TOO_LARGE))
        self.run.missed(identity, page_kind, status, now)

    def list_failed(self, why: str) -> None:
        """Note that a list came but could not be read."""
        self._failed(why, entry=True)

    def later(self) -> Iterator[Request]:
        """What is asked when all lists are read: postings they no longer show."""
        if self.ending or self.tally.lists_failed or self.tally.lists_unchanged or not self.tally.items:
            return
        for identity in self.run.unlisted(self.source.page_kind, self.source.gone_checks):
            yield self.ask(identity, self.source.page_kind, self.keep_page, identity=identity, priority=-10)

    _did_later = False

    def _idle(self) -> None:
        if self._did_later:
            return
        self._did_later = True
        requests = list(self.later())
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _failed(self, why: str, *, entry: bool, for_good: bool = False) -> None:
        self.tally.note(why)
        self.tally.lists_failed += entry
        if for_good:
            self.tally.unreadable += 1
        else:
            self.tally.failed += 1

    def _kept(self, response: Response, identity: str, page_kind: str, entry: bool, now: datetime) -> Answer:
        request = _request(response)
        raw, raw_headers = request.meta.get("raw", (response.body, header_pairs(response.headers)))
        capture = self.run.keep(
            identity,
            page_kind,
            final_url=response.url,
            status=response.status,
            headers=header_pairs(response.headers),
            raw=raw,
            raw_headers=raw_headers,
            body=response.body,
            request_headers=request.meta.get("sent", ()),
            at=now,
            ip_address=str(response.ip_address or ""),
            entry=entry,
        )
        content_type = response.headers.get("Content-Type")
        return Answer(capture, response.body, content_type.decode("latin-1") if content_type else None)

    def _taken_down(self, response: Response, identity: str, page_kind: str, now: datetime) -> None:
        state = self.run.state(identity)
        if state is None or state.last_status not in SEEN:
            # Never seen alive: there is no posting to end, and nothing to prove.
            self.run.missed(identity, page_kind, response.status, now)
            return
        self.tally.gone += 1
        self._kept(response, identity, page_kind, False, now)

    def _moved_to(self, response: Response) -> str | None:
        """Where a posting's page went, when that is a posting's page too; a site's front page is none."""
        location = response.headers.get("Location")
        if response.status not in _REDIRECTS or location is None:
            return None
        request = _request(response)
        target = urljoin(response.url, location.decode("latin-1"))
        home = urlsplit(target).path in ("", "/") or target in self.source.start
        if request.meta["hops"] >= _MOST_HOPS or home or not self.is_posting_url(target):
            return None
        return target

    def is_posting_url(self, url: str) -> bool:
        """Whether the address can be that of a posting."""
        return True


def find_source(settings: Settings, named: str, kind: str) -> Source:
    """The source `named`, of this kind and allowed to be crawled.

    Raises WrongUsage for an unknown name or another kind, AskOperator for one that is not enabled.
    """
    register = load_sources(source_folders(settings))
    source = register.get(named)
    if source is None:
        near = difflib.get_close_matches(named, list(register), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise WrongUsage(f"no source {named!r}.{hint} Known: {', '.join(register) or 'none'}. Say -a source=ID.")
    if source.kind != kind:
        raise WrongUsage(f"source {named!r} is a {source.kind}: scrapy crawl {source.kind} -a source={named}")
    if not source.enabled:
        raise AskOperator(
            f"{register.file_of(named)}: source {named!r} is not enabled. Read {source.terms.url}, write the day into "
            "terms.read_on and set enabled: true; until then it is not crawled."
        )
    return source


def scrapy_settings(settings: Settings, source: Source) -> dict[str, Any]:
    """What the deployment's settings and the source say, as Scrapy settings."""
    delay = max(delay_for(host, settings.crawl.delay_seconds, source.delay) for host in source.own_hosts)
    return {
        "USER_AGENT": f"Chyrak/{__version__} (+{settings.crawl.contact_url})",
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_START_DELAY": delay,
        "DOWNLOAD_MAXSIZE": settings.crawl.most_bytes_a_page,
        # Before the launcher's own limit, so that the run ends with a verdict of its own.
        "CLOSESPIDER_TIMEOUT": max(1.0, settings.crawl.run_limit_seconds * 0.95),
    }


def _open_run(settings: Settings, source: Source, run_id: int | None) -> Run:
    store = open_store(settings)
    now = datetime.now(UTC)
    with store.crawl.begin() as connection:
        row = runs.get(connection, run_id) if run_id is not None else runs.open_run(connection, source.id, now)
    if row is None or row.source != source.id or row.ended_at is not None:
        store.close()
        raise AskOperator(
            f"source {source.id!r} has a run under way already; wait for it, or stop it."
            if run_id is None
            else f"run {run_id} is no open run of source {source.id!r}. Leave out -a run=N to open one."
        )
    return Run(settings, store, source, row.id, row.started_at)


def _give_up(settings: Settings, run_id: str | None, why: str) -> None:
    """Close the run the launcher opened, so that the reason stands where the person looks."""
    if run_id is None:
        return
    store = open_store(settings)
    with store.crawl.begin() as connection:
        runs.close_run(connection, int(run_id), "failing", {"note": why}, datetime.now(UTC))
    store.close()


def _request(response: Response) -> Request:
    if response.request is None:
        raise TypeError("a response of a crawl has its request")
    return response.request
