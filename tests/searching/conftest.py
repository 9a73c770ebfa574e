"""The documents of the contract suite and an empty index of every engine found."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from guarded_elasticsearch import guarded

from indexer import Document, Engine, open_engine
from tests.conftest import missing

_spec = importlib.util.spec_from_file_location(
    "elasticsearch_server", Path(__file__).with_name("elasticsearch_server.py")
)
assert _spec
assert _spec.loader
elasticsearch_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(elasticsearch_server)

CONTRACT = yaml.load((Path(__file__).parent / "contract.yaml").read_bytes(), Loader=yaml.CSafeLoader)


def _document(**given: Any) -> Document:
    published, seen = given.get("published"), given.get("first_seen", "2026-11-20T00:00")
    campaign = given.get("campaign")
    return Document(
        id=given["id"],
        version=given.get("version", 1),
        source=given.get("source", "board-a"),
        url=f"https://board.example/{given['id']}",
        kind=given.get("kind", "advert"),
        title=given.get("title", ""),
        text=given.get("text", ""),
        languages=tuple(given.get("languages", ())),
        stance=given.get("stance", "OFFER"),
        level=given.get("level", 0),
        score=given.get("score", 0.0),
        exploitation=tuple(given.get("exploitation", ())),
        indicators=tuple(given.get("indicators", ())),
        places=tuple(given.get("places", ())),
        pay_usd_month=given.get("pay"),
        contacts=(f"link-{campaign}",) if campaign else (),
        campaign=campaign,
        decision_state=given.get("decision", "open"),
        published=datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
        first_seen=datetime.fromisoformat(seen).replace(tzinfo=UTC),
        last_seen=datetime(2026, 11, 20, tzinfo=UTC),
        gone=given.get("gone", False),
        place_names=tuple(given.get("place_names", ())),
    )


@pytest.fixture(scope="session")
def made() -> Callable[..., Document]:
    """Makes a document from the fields that matter, named as in contract.yaml."""
    return _document


@pytest.fixture(scope="session")
def contract_documents() -> list[Document]:
    """Every document of contract.yaml."""
    return [_document(**given) for given in CONTRACT["documents"]]


@pytest.fixture(scope="session")
def elasticsearch_servers() -> Any:
    """The module `elasticsearch_server`."""
    return elasticsearch_server


PLAIN, GUARDED = elasticsearch_server.VERSIONS


@pytest.fixture(scope="session")
def elasticsearch_at() -> Iterator[str]:
    """`host:port` of a server that asks nobody who they are, shared by all tests."""
    with _wanted(), elasticsearch_server.own_folder() as folder:
        options = elasticsearch_server.SHORT_LIVED
        with elasticsearch_server.running(PLAIN, folder, java_options=options) as at:
            yield at


@pytest.fixture(scope="session")
def guarded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], str]]:
    """Gives the URL of an index by user and prefix on a server with TLS, see `guarded`; shared by all tests."""
    with _wanted(), elasticsearch_server.own_folder() as folder:
        with guarded(elasticsearch_server, GUARDED, folder, tmp_path_factory.mktemp("secrets")) as url:
            yield url


@contextmanager
def _wanted() -> Iterator[None]:
    try:
        yield
    except elasticsearch_server.Missing as fault:
        missing(str(fault), "Look at tests/searching/elasticsearch.sh")


@pytest.fixture(scope="session")
def index_url(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Gives the URL of a new index on the server of a version."""

    def url(version: str) -> str:
        prefix = f"t{uuid.uuid4().hex[:12]}"
        if version == GUARDED:
            return str(request.getfixturevalue("guarded_url")("anyone", prefix))
        return f"elasticsearch+http://{request.getfixturevalue('elasticsearch_at')}/{prefix}"

    return url


_KINDS = [*(f"elasticsearch {version}" for version in elasticsearch_server.VERSIONS), "tantivy"]


def _open(kind: str, folder: Path, request: pytest.FixtureRequest) -> Engine:
    """A new empty index of its own."""
    name, _, version = kind.partition(" ")
    if name == "tantivy":
        return open_engine(f"tantivy://{folder / 'index'}")
    return open_engine(request.getfixturevalue("index_url")(version))


@pytest.fixture(params=_KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty index, once for every engine."""
    opened = _open(request.param, tmp_path, request)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=_KINDS)
def full_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, contract_documents: list[Document]
) -> Iterator[Engine]:
    """An index of the contract's documents that no test changes."""
    opened = _open(request.param, tmp_path_factory.mktemp("full"), request)
    applied = opened.apply(contract_documents)
    assert len(applied.ok) == len(contract_documents)
    yield opened
    opened.close()
