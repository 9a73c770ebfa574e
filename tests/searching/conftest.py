"""The documents of the contract suite and an empty index of every engine found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from indexer import Document, Engine, open_engine
from indexer.engines.choose import engines

CONTRACT = yaml.safe_load((Path(__file__).parent / "contract.yaml").read_text(encoding="utf-8"))


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


def _open(scheme: str, folder: Path) -> Engine:
    if scheme == "tantivy":
        return open_engine(f"tantivy://{folder / 'index'}")
    raise AssertionError(f"no way to start a server for {scheme}")


@pytest.fixture(params=sorted(engines()))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty index, once for every engine."""
    opened = _open(request.param, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=sorted(engines()))
def full_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, contract_documents: list[Document]
) -> Iterator[Engine]:
    """An index of the contract's documents that no test changes."""
    opened = _open(request.param, tmp_path_factory.mktemp("full"))
    applied = opened.apply(contract_documents)
    assert len(applied.ok) == len(contract_documents)
    yield opened
    opened.close()
