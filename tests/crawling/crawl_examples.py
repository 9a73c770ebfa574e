"""What the crawling tests share: source descriptions, captures, and crawls of real sites by the real spiders."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from crawl_site import Site

from chyrak.records import Capture, Sighting
from chyrak.settings import Settings, load_settings
from crawlers import evidence
from crawlers.pages import to_postings
from crawlers.register import Register, load_sources, source_folders
from crawlers.source import Source
from store import Store, open_store
from store.crawl import captures, runs

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
_PATH = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])


def described(source_id: str, **more: Any) -> dict[str, Any]:
    """A whole source description; `more` sets or replaces keys."""
    return {
        "id": source_id,
        "name": source_id,
        "kind": "feed",
        "about": "adverts",
        "start": ["https://board.example/rss"],
        "languages": ["ru"],
        "every": "1h",
        "enabled": True,
        "terms": {
            "url": "https://board.example/terms",
            "read_on": "2026-11-20",
            "basis": "consent",
            "owner": "owner@board.example",
            "consent": "given",
        },
        **more,
    }


def a_source(**more: Any) -> Source:
    """A source in memory."""
    return Source.model_validate(described("board", **more))


def a_capture(url: str = "https://board.example/x", kind: str = "text/html", **more: Any) -> Capture:
    """A capture in memory, fetched at NOW."""
    values: dict[str, Any] = {
        "source": "board",
        "url": url,
        "final_url": url,
        "status": 200,
        "headers": (("Content-Type", kind),),
        "body_sha256": "0" * 64,
        "fetched_at": NOW,
        "archive_ref": "a.warc.gz:0",
    }
    return Capture(**{**values, **more})


class Crawls:
    """One home folder, the sites its sources read, and the means to crawl them by the real spiders."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "sources").mkdir(parents=True)
        (home / "chyrak.toml").write_text("[crawl]\ndelay_seconds = 0\nmost_bytes_a_page = 3000000\n", encoding="utf-8")
        self.sites: dict[str, Site] = {}
        self.kinds: dict[str, str] = {}

    def site(self, name: str) -> Site:
        """A new site."""
        self.sites[name] = Site()
        return self.sites[name]

    def source(self, source_id: str, site: Site, paths: list[str], **more: Any) -> None:
        """Write a source file that starts at `paths` of `site`."""
        described_source = described(source_id, start=[site.url + path for path in paths], **more)
        path = self.home / "sources" / f"{source_id}.yaml"
        path.write_text(yaml.safe_dump(described_source, allow_unicode=True), encoding="utf-8")
        self.kinds[source_id] = described_source["kind"]

    def crawl(self, *sources: str) -> str:
        """Crawl these sources, all when none is named, in one child process; returns what it logged."""
        return self.scrapy(self.round_of(*sources))

    def round_of(self, *sources: str) -> list[str]:
        """The arguments python takes to crawl these sources, all when none is named."""
        named = [f"{self.kinds[source]}:{source}" for source in sources or self.kinds]
        return [str(Path(__file__).with_name("crawl_round.py")), str(self.home), *named]

    def scrapy(self, arguments: list[str]) -> str:
        """Run python with these arguments and Scrapy's settings of ours."""
        environment = {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawlers.settings", "PYTHONPATH": _PATH}
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=150, check=False
        )
        return done.stdout + done.stderr

    @property
    def settings(self) -> Settings:
        """The settings of the home folder."""
        return load_settings(self.home)

    @property
    def register(self) -> Register:
        """The sources of the home folder."""
        return load_sources(source_folders(self.settings))

    @cached_property
    def store(self) -> Store:
        """The store of the home folder."""
        return open_store(self.settings)

    def last_run(self, source: str) -> runs.Run:
        """The newest run of a source."""
        with self.store.crawl.read() as connection:
            return runs.recent(connection, source, 1)[0]

    def waiting(self, source: str | None = None) -> list[captures.Unparsed]:
        """Every capture that waits for the parse stage."""
        with self.store.crawl.read() as connection:
            rows = captures.unparsed(connection, 10_000)
        return [row for row in rows if source in (None, row.capture.source)]

    def body(self, capture: Capture) -> bytes:
        """The archived body of a capture."""
        return evidence.read(self.home / "archive", capture.archive_ref)[1]

    def postings(self, source: str) -> list[Sighting]:
        """What the parse stage would find in the captures that wait, in order; faults are raised."""
        found: list[Sighting] = []
        for row in self.waiting(source):
            found += to_postings(row.page_kind, row.capture, self.body(row.capture), self.register[source])
        return found

    def parsed(self) -> None:
        """Mark every capture as parsed, so that `waiting` shows the next crawl's only."""
        with self.store.crawl.begin() as connection:
            for row in captures.unparsed(connection, 10_000):
                captures.mark_parsed(connection, row.id, 0, None)

    def close(self) -> None:
        """Stop every site and close the store."""
        if "store" in self.__dict__:
            self.store.close()
        for site in self.sites.values():
            site.close()
