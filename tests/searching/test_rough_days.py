"""What goes wrong on a bad day: killed writers, cut connections, full disks, a server set up otherwise.

The store keeps the truth, the message says what to do, and afterwards the index is what the store says.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from pytest_httpserver import HTTPServer
from sync_helpers import (
    NOW,
    apply_as_nobody,
    apply_on_a_full_disk,
    child,
    drain,
    keep_syncing,
    kill,
    read,
    see,
    town_at,
)

from chyrak.errors import AskOperator, RetryLater
from indexer import Document, SearchRequest, open_engine, parse
from runtime.context import Context
from runtime.indexing import prepare
from runtime.reconciling import reconcile
from runtime.reindexing import contents_differ, reindex
from store import postings, worklist

ROUNDS = 20
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def server_url(elasticsearch_at: str) -> str:
    """A prefix of its own on the shared server."""
    return f"elasticsearch+http://{elasticsearch_at}/r{uuid.uuid4().hex[:12]}"


@pytest.fixture
def client(elasticsearch_at: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(f"http://{elasticsearch_at}") as client:
        yield client


def assert_equal(town: Context) -> None:
    """The index holds every advert of the store once, to the letter."""
    with town.store.main.begin() as c:
        worklist.release_all(c)
        worklist.retry(c, NOW)
    deadline = time.monotonic() + 120
    while True:
        drain(town)
        with town.store.main.read() as c:
            waiting = worklist.counts(c, NOW).get("sync")
        if waiting is None:
            break
        assert waiting.dead == 0
        assert time.monotonic() < deadline, "work waits for ever"
        time.sleep(0.2)
    town.engine.refresh()
    with town.store.main.read() as c:
        ids = postings.every_id(c)
    assert [key for key, _ in town.engine.walk()] == ids
    assert contents_differ(town, town.engine, ids) == []
    assert not reconcile(town)


@pytest.mark.parametrize("kind", ["tantivy", "elasticsearch 8.19.16"])
def test_a_writer_killed_twenty_times_leaves_the_index_equal_to_the_store(
    kind: str, home: Path, request: pytest.FixtureRequest
) -> None:
    url = "" if kind == "tantivy" else request.getfixturevalue("server_url")
    town = town_at(home, url)
    drain(town)
    dice = random.Random(7)
    keys = [see(town, f"Нужен повар {n}", url=f"https://board.example/{n}") for n in range(40)]
    for round_ in range(ROUNDS):
        for key in dice.sample(keys, 12):
            read(town, key, level=round_ % 4)
        writer = child(keep_syncing, home, url)
        time.sleep(dice.uniform(0.05, 0.5))
        kill(writer)
        with town.store.main.begin() as c:
            worklist.release_all(c)
    for key in keys:
        read(town, key, level=4)
    assert_equal(town)
    assert town.engine.search(SearchRequest(parse("level:4"), limit=100)).total == 40
    town.close()


class Cable:
    """A connection to a server that can be pulled out, also in the middle of an answer."""

    def __init__(self, to: str) -> None:
        self.lead_to(to)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.pulled = False
        self.bytes_left: int | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, at: str) -> None:
        """Where it leads from now on, `host:port`."""
        host, _, port = at.partition(":")
        self._to = (host, int(port))

    def pull(self) -> None:
        """Nothing goes through from now on."""
        self.pulled = True
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # closing alone would not wake who waits for bytes
        self._open.clear()

    def plug_in(self) -> None:
        """Everything goes through again."""
        self.bytes_left, self.pulled = None, False

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            if self.pulled:
                near.close()
                continue
            far = socket.create_connection(self._to)
            self._open += [near, far]
            threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65536):
                if answers and self.bytes_left is not None:
                    self.bytes_left -= len(data)
                    if self.bytes_left < 0:
                        self.pull()
                        return
                target.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            target.close()


def test_a_server_cut_off_under_load_loses_and_doubles_nothing(home: Path, elasticsearch_at: str) -> None:
    cable = Cable(elasticsearch_at)
    town = town_at(home, f"elasticsearch+http://{cable.at}/r{uuid.uuid4().hex[:12]}")
    drain(town)
    dice = random.Random(3)
    keys: list[str] = []
    for round_ in range(5):
        cable.bytes_left = dice.randrange(0, 3000)  # it goes in the middle of some answer
        for n in range(15):
            keys.append(see(town, f"Нужен повар {n}", url=f"https://board.example/{round_}/{n}"))
            read(town, keys[-1])
        while not cable.pulled:
            drain(town, 5)
            for key in dice.sample(keys, 3):
                read(town, key, level=dice.randrange(5))
        drain(town, 5)  # the crawl and the reading went on; this only waits
        cable.plug_in()
        with town.store.main.begin() as c:
            postings.touch(c, keys, NOW)
    assert_equal(town)
    town.close()


def test_a_full_disk_is_explained_and_what_was_written_stays(tmp_path: Path, made: Callable[..., Document]) -> None:
    url = f"tantivy://{tmp_path / 'index'}"
    engine = open_engine(url)
    engine.apply([made(id="a", title="паспорт")])
    batch = [made(id=f"d{n}", title=f"паспорт {n}", text="слово " * 300) for n in range(50)]
    writer = child(apply_on_a_full_disk, url, batch, tmp_path / "said")
    writer.join()
    said = (tmp_path / "said").read_text()
    assert said.startswith("RetryLater"), said
    assert "disk is full" in said
    assert engine.search(SearchRequest(parse("паспорт"))).total == 1
    assert len(engine.apply(batch).ok) == 50, "with space again, the same batch goes in"


def test_an_index_of_another_user_is_explained_and_not_taken_for_damaged(
    elasticsearch_servers: Any, made: Callable[..., Document]
) -> None:
    with elasticsearch_servers.own_folder() as folder:
        url = f"tantivy://{folder / 'index'}"
        engine = open_engine(url)
        engine.apply([made(id="a", title="паспорт")])
        said = folder / "said"
        said.touch()
        said.chmod(0o666)
        files = [folder / "index", *(folder / "index").rglob("*")]
        for path in files:
            path.chmod(0o555 if path.is_dir() else 0o444)
        child(apply_as_nobody, url, [made(id="b", title="паспорт")], said).join()
        for path in files:
            path.chmod(0o755 if path.is_dir() else 0o644)
        assert said.read_text().startswith("AskOperator"), said.read_text()
        assert "Check who owns the folder" in said.read_text()
        assert engine.count() == 1
        assert list((folder / "index").glob("*.aside-*")) == []


def index_of(url: str, client: Elasticsearch) -> str:
    [name] = client.indices.get_alias(name=f"{url.rpartition('/')[2]}-adverts").body
    return str(name)


@pytest.mark.parametrize(
    ("block", "kind", "says"),
    [
        ("read_only_allow_delete", RetryLater, "disk is nearly full.*nothing is lost"),
        ("write", AskOperator, "takes no writes.*Lift the block"),
    ],
)
def test_a_blocked_index_on_the_server_is_explained_and_nothing_is_set_aside(
    server_url: str, client: Elasticsearch, made: Callable[..., Document], block: str, kind: type[Exception], says: str
) -> None:
    engine = open_engine(server_url)
    name = index_of(server_url, client)
    client.indices.put_settings(index=name, settings={f"index.blocks.{block}": True})
    with pytest.raises(kind, match=says):
        engine.apply([made(id="a", title="паспорт"), made(id="b", title="паспорт")])
    client.indices.put_settings(index=name, settings={f"index.blocks.{block}": None})
    assert engine.apply([made(id="a", title="паспорт")]).ok == ("a",)
    engine.close()


def test_a_mapping_someone_changed_asks_for_a_reindex_and_not_for_dead_letters(
    home: Path, server_url: str, client: Elasticsearch
) -> None:
    town = town_at(home, server_url)
    drain(town)
    prefix = server_url.rpartition("/")[2]
    old = index_of(server_url, client)
    meta = client.indices.get_mapping(index=old).body[old]["mappings"]["_meta"]
    mapping = {"_meta": meta, "dynamic": "strict", "properties": {"id": {"type": "keyword"}}}
    client.indices.delete(index=old)
    client.indices.create(
        index=f"{prefix}-adverts-changed",
        mappings=mapping,
        aliases={f"{prefix}-adverts": {}, f"{prefix}-adverts-write": {}},
    )
    for n in range(3):
        read(town, see(town, f"Нужен повар {n}", url=f"https://board.example/{n}"))
    drain(town)
    with town.store.main.read() as c:
        assert worklist.counts(c, NOW)["sync"].waiting == 3
        assert worklist.dead_letters(c) == []
    with pytest.raises(AskOperator, match=r"changed its mapping.*chyrak reindex"):
        town.engine.apply([made_of(town, n) for n in range(2)])
    reindex(town)
    with town.store.main.begin() as c:
        postings.touch(c, postings.every_id(c), NOW)
    assert_equal(town)
    town.close()


def made_of(town: Context, number: int) -> Document:
    """One of the town's documents."""
    with town.store.main.read() as c:
        return prepare(town, [postings.every_id(c)[number]]).documents[0]


def test_an_index_deleted_on_the_server_is_made_anew_by_the_next_start(
    home: Path, server_url: str, client: Elasticsearch
) -> None:
    town = town_at(home, server_url)
    keys = [see(town, f"Нужен повар {n}", url=f"https://board.example/{n}") for n in range(3)]
    for key in keys:
        read(town, key)
    drain(town)
    client.indices.delete(index=index_of(server_url, client))
    with pytest.raises(AskOperator, match="chyrak reindex"):
        town.engine.apply([made_of(town, 0)])
    town.close()
    again = town_at(home, server_url)
    drain(again)
    assert_equal(again)
    again.close()


def test_a_url_that_leads_elsewhere_is_explained(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/_nodes/_local").respond_with_data("<html>hello</html>", content_type="text/html")
    with pytest.raises(AskOperator, match=r"no Elasticsearch.*index\.url"):
        open_engine(f"elasticsearch+http://127.0.0.1:{httpserver.port}/chyrak")


def test_an_old_server_is_refused_with_its_version(httpserver: HTTPServer) -> None:
    nodes = {"_nodes": {"total": 1}, "nodes": {"x": {"name": "vm", "version": "7.17.29"}}}  # as a real one answers
    httpserver.expect_request("/_nodes/_local").respond_with_data(
        json.dumps(nodes), content_type="application/json", headers={"X-Elastic-Product": "Elasticsearch"}
    )
    with pytest.raises(AskOperator, match=r"7\.17\.29 is too old.*8\.19"):
        open_engine(f"elasticsearch+http://127.0.0.1:{httpserver.port}/chyrak")


def test_an_expired_key_is_explained(httpserver: HTTPServer, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a2V5")
    error = {"type": "security_exception", "reason": "unable to authenticate: api key is expired"}
    httpserver.expect_request("/_nodes/_local", headers={"Authorization": "ApiKey a2V5"}).respond_with_data(
        json.dumps({"error": {**error, "root_cause": [error]}, "status": 401}),
        status=401,
        content_type="application/json",
        headers={"X-Elastic-Product": "Elasticsearch"},
    )
    with pytest.raises(AskOperator, match=r"api key is expired.*make a new one"):
        open_engine(f"elasticsearch+http://127.0.0.1:{httpserver.port}/chyrak?api_key_file={tmp_path / 'key'}")
