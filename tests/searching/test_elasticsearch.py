"""What only the server engine does: how it is reached and trusted, what it puts there, how it fails."""

from __future__ import annotations

import base64
import json
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from chyrak.errors import AskOperator, RetryLater
from chyrak.records import Kind, Posting
from indexer import Document, Engine, Removal, SearchRequest, Sort, build, open_engine, parse
from indexer.engines.elasticsearch_engine.address import read_address
from indexer.engines.elasticsearch_engine.indices import Names

pytestmark = pytest.mark.timeout(600)  # the first test of each server waits for its start


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("elasticsearch+http://search.example:9200/chyrak", "must be reached by elasticsearch\\+https"),
        ("elasticsearch+https://search.example/chyrak?verify=no", "this machine only"),
        ("elasticsearch+https://10.0.0.5/chyrak?verify=no", "this machine only"),
        ("elasticsearch+https://search.example/chyrak?verify=maybe", "yes or no"),
        ("elasticsearch+https://search.example/chyrak?ca=/nowhere/ca.pem", "no file"),
        ("elasticsearch+https://search.example/chyrak?api_key_file=/nowhere/key", "cannot be read"),
        ("elasticsearch+https://search.example/chyrak?user=writer", "belong together"),
        ("elasticsearch+https://search.example/chyrak?colour=red", "unknown option 'colour'"),
        ("elasticsearch+https://search.example/Chyrak*", "is no prefix"),
        ("elasticsearch+https://search.example:port/chyrak", "no number"),
        ("elasticsearch+https:///chyrak", "host:port"),
    ],
)
def test_an_address_that_is_unsafe_or_unclear_is_refused(url: str, says: str) -> None:
    with pytest.raises(AskOperator, match=says):
        open_engine(url)


def test_a_secret_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(AskOperator) as caught:
        read_address("elasticsearch+https://writer:hunter2@search.example/chyrak")
    assert "hunter2" not in str(caught.value)


def test_secrets_come_from_files_and_are_not_shown(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("c2VjcmV0\n")
    address = read_address(f"elasticsearch+https://search.example/chyrak?api_key_file={key}")
    assert address.options["api_key"] == "c2VjcmV0"
    assert "c2VjcmV0" not in repr(address)
    assert "verify_certs" not in address.options, "certificates are checked unless this machine is asked"


def test_indices_made_in_the_same_moment_have_names_of_their_own() -> None:
    assert len({Names("chyrak").fresh() for _ in range(2000)}) == 2000


def test_a_server_that_is_away_is_worth_another_try() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(RetryLater, match="cannot be reached"):
        open_engine(f"elasticsearch+http://127.0.0.1:{port}/chyrak")


@dataclass(frozen=True)
class Opened:
    engine: Engine
    client: Elasticsearch
    url: str
    prefix: str


@pytest.fixture
def opened(elasticsearch_at: str) -> Iterator[Opened]:
    prefix = f"e{uuid.uuid4().hex[:12]}"
    url = f"elasticsearch+http://{elasticsearch_at}/{prefix}"
    engine = open_engine(url)
    with Elasticsearch(f"http://{elasticsearch_at}") as client:
        yield Opened(engine, client, url, prefix)
    engine.close()


def _total(engine: Engine, text: str) -> int:
    return engine.search(SearchRequest(parse(text))).total


def test_the_mapping_is_strict_and_the_words_are_not_kept_twice(opened: Opened, made: Callable[..., Document]) -> None:
    opened.engine.apply([made(id="a", title="паспорт")])
    stored = opened.client.get(index=f"{opened.prefix}-adverts", id="a").body
    assert set(stored["_source"]) == {"payload"}
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        opened.client.index(index=f"{opened.prefix}-adverts-write", id="b", document={"payload": {}, "surprise": 1})


def test_one_index_stands_behind_both_aliases_and_a_rebuild_leaves_no_other(
    opened: Opened, made: Callable[..., Document]
) -> None:
    def indices() -> dict[str, set[str]]:
        found = opened.client.indices.get(index=f"{opened.prefix}-*").body
        return {name: set(value["aliases"]) for name, value in found.items()}

    [(first, aliases)] = indices().items()
    assert aliases == {f"{opened.prefix}-adverts", f"{opened.prefix}-adverts-write"}
    with opened.engine.rebuild() as apply:
        apply([made(id="a", title="паспорт")])
    [(second, aliases)] = indices().items()
    assert second != first
    assert len(aliases) == 2
    settings = opened.client.indices.get_settings(index=second).body[second]["settings"]["index"]
    assert settings["refresh_interval"] == "1s"


def test_an_index_of_another_version_is_refused_until_it_is_rebuilt(
    opened: Opened, made: Callable[..., Document]
) -> None:
    opened.engine.apply([made(id="a", title="паспорт")])
    meta = {"schema": "0123456789abcdef", "rebuild": ""}
    opened.client.indices.put_mapping(index=f"{opened.prefix}-adverts", meta=meta)
    again = open_engine(opened.url)
    assert "another version" in again.info().rebuild
    for call in (lambda: _total(again, "паспорт"), lambda: again.apply([made(id="b")])):
        with pytest.raises(AskOperator, match="chyrak reindex"):
            call()
    with again.rebuild() as apply:
        apply([made(id="c", title="паспорт")])
    assert again.info().rebuild == ""
    assert _total(again, "паспорт") == 1


def test_two_writers_at_once_leave_the_newest(opened: Opened, made: Callable[..., Document]) -> None:
    other = open_engine(opened.url)
    assert opened.engine.apply([made(id="a", version=7, title="семь")]).ok == ("a",)
    assert other.apply([made(id="a", version=6, title="шесть")]).stale == ("a",)
    assert other.apply([Removal("a", 8)]).ok == ("a",)
    assert opened.engine.apply([made(id="a", version=7, title="семь")]).stale == ("a",), "a replay revives nothing"
    assert opened.engine.count() == 0
    other.close()


def test_turning_pages_goes_on_after_the_point_in_time_has_expired(
    opened: Opened, made: Callable[..., Document]
) -> None:
    opened.engine.apply([made(id=f"d{n:02d}", title="паспорт " * (n % 3 + 1)) for n in range(30)])
    seen: list[str] = []
    cursor = None
    for turn in range(10):
        page = opened.engine.search(SearchRequest(parse("паспорт"), sort=Sort.RELEVANCE, limit=7, cursor=cursor))
        seen += [hit.document.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
        if turn == 1:  # the second page opened the point in time; the third finds it gone
            opened.client.close_point_in_time(id=_state(cursor))
    assert sorted(seen) == [f"d{n:02d}" for n in range(30)]


def _state(cursor: str) -> str:
    state = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[4]
    assert state, "no point in time was opened"
    return str(state)


def test_eth_10_the_server_holds_no_raw_phone(opened: Opened, made: Callable[..., Document]) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    posting = Posting(
        "p",
        1,
        Kind.ADVERT,
        "s",
        "https://x.example",
        "Звоните +996 555 000 101",
        "или 998900000104",
        None,
        None,
        {},
        now,
        now,
    )
    opened.engine.apply([build(posting, None, version=1)])
    whole = json.dumps(opened.client.search(index=f"{opened.prefix}-adverts").body)
    terms = json.dumps(
        opened.client.termvectors(index=f"{opened.prefix}-adverts", id="p", fields=["words", "lexemes"]).body
    )
    for number in ("996555000101", "555 000 101", "998900000104", "000101", '"555"'):
        assert number not in whole
        assert number not in terms
