"""A deployment with made-up adverts, readings and people, and browsers of each role over a real store and index."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from review_adverts import ADVERTS, Advert
from werkzeug.test import TestResponse

import indexer
import store.matches
import store.sessions
import store.watches
from chyrak.records import AuditEvent, Kind, Match, Sighting, Watch
from chyrak.settings import Settings, load_settings
from indexer import Engine
from review import create_app
from store import Store, audit, campaigns, decisions, open_store, people, postings, readings, vault
from store.crawl import runs, schedule
from store.keys import load_keys
from store.vault import Vault

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PEOPLE = {
    "Aibek": ("investigator", False),
    "Nurgul": ("ngo_caseworker", False),
    "Sabina": ("investigator", True),
    "Rustam": ("researcher", False),
    "Olga": ("auditor", False),
    "Admin": ("admin", False),
}
BY_ROLE = {
    "investigator": "Aibek",
    "ngo_caseworker": "Nurgul",
    "researcher": "Rustam",
    "auditor": "Olga",
    "admin": "Admin",
}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.time


@dataclass
class Town:
    """One deployment: `ids` maps an advert's short name to its posting id."""

    settings: Settings
    store: Store
    app: Flask
    clock: Clock
    ids: dict[str, str]
    engine: Engine

    def person(self, name: str) -> people.Person:
        """A person as the store has them now."""
        with self.store.main.read() as c:
            found = people.by_name(c, name)
        assert found is not None
        return found

    def browser(self, name: str | None) -> Browser:
        """A browser in which `name` is logged in; nobody for None."""
        browser = Browser(self.app.test_client(), self)
        if name is not None:
            with self.store.main.begin() as c:
                token = store.sessions.make_link(c, self.person(name).id, self.clock())
            answer = browser.post(f"/login/{token}", page=f"/login/{token}")
            assert answer.status_code == 302, answer.text
        return browser

    def keep(self, advert: Advert, *, age: timedelta | None = None) -> str:
        """Keep and read one more advert, and index it."""
        return _keep(self, advert, age)

    def events(self, action: str) -> list[AuditEvent]:
        """The audit events of one action, newest first."""
        with self.store.main.read() as c:
            return [event for event in audit.tail(c, 1000) if event.action == action]


class Browser:
    """A test client that carries the CSRF token of the page it last saw."""

    def __init__(self, client: FlaskClient, town: Town) -> None:
        self.client = client
        self.town = town

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page."""
        return self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(
        self, path: str, data: dict[str, object] | None = None, *, page: str = "/about", **headers: str
    ) -> TestResponse:
        """Send a form as it would be sent from `page`."""
        token = csrf_of(self.client.get(page).text)
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.post(path, data={**(data or {}), "csrf_token": token}, headers=sent)


def csrf_of(page: str) -> str:
    """The CSRF token in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found.group(1)


@pytest.fixture(scope="session")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with every made-up advert kept, read and indexed; copied, never changed."""
    home = tmp_path_factory.mktemp("model") / "home"
    opening = open_town(home)
    fill(next(opening))
    next(opening, None)
    return home


@pytest.fixture
def make_town(model_home: Path, tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Opens a copy of the model deployment, with another policy or other settings."""
    opened: list[Iterator[Town]] = []

    def make(policy: str = "", **settings: Any) -> Town:
        home = tmp_path / f"home{len(opened)}"
        shutil.copytree(model_home, home)
        if policy:
            (home / "policy.toml").write_text(policy, encoding="utf-8")
        opened.append(open_town(home, **settings))
        return next(opened[-1])

    yield make
    for opening in opened:
        next(opening, None)


@pytest.fixture
def town(make_town: Callable[..., Town]) -> Town:
    """A deployment with every made-up advert kept, read and indexed."""
    return make_town()


class _Compiled(BytecodeCache):
    """Templates compiled once a process and not once a town, which took a third of the time of these tests."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = _Compiled()


def open_town(home: Path, **overrides: Any) -> Iterator[Town]:
    """The deployment in `home`, closed when the generator is taken up again."""
    settings = load_settings(home, **overrides)
    opened = open_store(settings)
    clock = Clock()
    engine = indexer.open_engine(settings.index_url)
    app = create_app(settings, opened, engine=engine, now=clock)
    app.jinja_env.bytecode_cache = _TEMPLATES
    ids = {advert.name: postings.posting_id(advert.source, advert.url) for advert in ADVERTS}
    yield Town(settings, opened, app, clock, ids, engine)
    engine.close()
    opened.close()


def fill(town: Town) -> None:
    """Keep the people, adverts, a campaign, a watch with a match, and two sources."""
    with town.store.main.begin() as c:
        for name, (role, senior) in PEOPLE.items():
            people.add(c, name, f"{name.lower()}@ngo.example", role, senior=senior)
    with town.engine.rebuild():
        pass  # a new folder asks to be filled from the store, which holds nothing yet
    for advert in ADVERTS:
        _keep(town, advert, None)
    with town.store.main.begin() as c:
        campaigns.join(c, [town.ids["hostess"], town.ids["hostess_repost"]], NOW)
        campaigns.set_shape(c, town.ids["hostess"], "Хостес ___ з/п ___", [["Стамбул", "Анталья"]])
        store.watches.save(c, Watch("w1", "Gulf hostess", "хостес", 2, ("nurgul@ngo.example",), "daily", "Nurgul"))
        store.matches.record(c, [Match("m1", "w1", town.ids["hostess"], 1, 3, ("SEX.NIGHT",), None, NOW)])
    with town.store.crawl.begin() as c:
        schedule.sync_sources(c, [("osh_board", 7200), ("old_board", 7200)], NOW)
        run = runs.open_run(c, "old_board", NOW - timedelta(hours=3))
        assert run is not None
        runs.close_run(c, run.id, "failing", {"requests": 3, "note": "HTTP 500 three times"}, NOW)


def _keep(town: Town, advert: Advert, age: timedelta | None) -> str:
    seen = NOW - (age if age is not None else advert.age)
    ours = Vault(load_keys(town.settings.home))
    with town.store.main.begin() as c:
        kept = postings.keep(
            c,
            Sighting(
                source=advert.source,
                url=advert.url,
                kind=Kind.ADVERT,
                title=advert.title,
                text=advert.text,
                seen_at=seen,
                archive_ref="2026-11-25.warc.gz:1042",
                body_sha256="ab" * 32,
            ),
        )
        reading = replace(advert.reading(kept.posting_id), rev=kept.rev)
        readings.record(c, reading, ours, seen)
        posting = postings.get(c, kept.posting_id)
        assert posting is not None
        links = [k.link for k in vault.of(c, [kept.posting_id])[kept.posting_id]]
        version = postings.index_versions(c, [kept.posting_id])[kept.posting_id]
        state = decisions.state(c, kept.posting_id)
    town.ids[advert.name] = kept.posting_id
    document = indexer.build(posting, reading, version=version, contact_links=links, decision_state=state)
    with town.engine.writer():
        town.engine.apply([document])
    return kept.posting_id
