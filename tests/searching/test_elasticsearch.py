"""What only the server engine does: how it is reached and trusted, what it puts there, how it fails."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from elasticsearch import BadRequestError, Elasticsearch

from chyrak.errors import AskOperator, RetryLater
from chyrak.records import Kind, Posting
from indexer import Document, Engine, Removal, SearchRequest, Sort, build, open_engine, parse
from indexer.engines.elasticsearch_engine.address import read_address
from indexer.engines.elasticsearch_engine.indices import Names
from tests.conftest import missing

pytestmark = pytest.mark.timeout(600)  # the first test of each server waits for its start
VERSION = "8.19.16"
ROLES = Path(__file__).parents[2] / "indexer/engines/elasticsearch_engine/roles.yml"


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
def opened(elasticsearch_at: Callable[[str], str]) -> Iterator[Opened]:
    at = elasticsearch_at(VERSION)
    prefix = f"e{uuid.uuid4().hex[:12]}"
    url = f"elasticsearch+http://{at}/{prefix}"
    engine = open_engine(url)
    with Elasticsearch(f"http://{at}") as client:
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


@pytest.fixture(scope="module")
def guarded(elasticsearch_servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Gives the URL of a server with TLS for a user of one of the roles in roles.yml."""
    secrets = tmp_path_factory.mktemp("secrets")
    try:
        program = elasticsearch_servers.fetched(VERSION)
    except elasticsearch_servers.Missing as fault:
        missing(str(fault), "Look at tests/searching/elasticsearch.sh")
    with elasticsearch_servers.own_folder() as folder:
        yield from _guarded(elasticsearch_servers, program, folder, secrets)


def _guarded(servers: Any, program: Path, folder: Path, secrets: Path) -> Iterator[Callable[[str], str]]:
    conf = folder / "config"
    shutil.copytree(program / "config", conf)
    shutil.copy(ROLES, conf / "roles.yml")
    (conf / "certs").mkdir()
    _certificate(conf / "certs")
    shutil.copy(conf / "certs" / "c.pem", secrets / "ca.pem")
    roles = ("reader", "writer", "keeper")
    for role in roles:
        (secrets / role).write_text(f"password-of-{role}")
    # The server's own program would write the same, and start a Java for each user.
    (conf / "users").write_text("".join(f"{role}:{_hashed(f'password-of-{role}')}\n" for role in roles))
    (conf / "users_roles").write_text("".join(f"chyrak_{role}:{role}\n" for role in roles))
    options = [
        "xpack.security.enabled=true",
        "xpack.security.http.ssl.enabled=true",
        "xpack.security.http.ssl.key=certs/k.pem",
        "xpack.security.http.ssl.certificate=certs/c.pem",
    ]
    with servers.running(VERSION, folder, options, scheme="https", java_options=servers.SHORT_LIVED) as at:
        yield (
            lambda role: (
                f"elasticsearch+https://{at}/chyrak?ca={secrets / 'ca.pem'}&user={role}&password_file={secrets / role}"
            )
        )


def _hashed(password: str) -> str:
    salt, rounds = os.urandom(32), 10_000
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, 32)
    return f"{{PBKDF2}}{rounds}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _certificate(folder: Path) -> None:
    """A certificate for this machine that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "k.pem").write_bytes(encoded)


@pytest.mark.slow
def test_each_role_can_do_its_work_and_no_more(guarded: Callable[[str], str], made: Callable[..., Document]) -> None:
    keeper = open_engine(guarded("keeper"))
    with keeper.rebuild() as apply:
        apply([made(id="a", title="паспорт")])
    writer = open_engine(guarded("writer"))
    assert writer.apply([made(id="b", title="паспорт"), Removal("a", 1)]).ok == ("b", "a")
    with pytest.raises(AskOperator, match="refuses this user"):
        writer.clear()
    reader = open_engine(guarded("reader"))
    reader.refresh()
    assert _total(reader, "паспорт") == 1
    assert reader.count() == 1
    assert reader.version_of(["b"]) == {"b": 1}
    assert reader.info().rebuild == ""
    with pytest.raises(AskOperator, match="refuses this user"):
        reader.apply([made(id="c", title="паспорт")])
    for engine in (keeper, writer, reader):
        engine.close()


@pytest.mark.slow
def test_a_certificate_nobody_vouches_for_is_refused(guarded: Callable[[str], str]) -> None:
    url = guarded("keeper")
    without_ca = url.replace(url[url.index("ca=") : url.index("&user")], "")
    with pytest.raises(AskOperator, match="not trusted"):
        open_engine(without_ca)
    open_engine(f"{without_ca}&verify=no").close()  # allowed on this machine only
    before, option, _ = url.rpartition("password_file=")
    with pytest.raises(AskOperator, match="refuses this user"):
        open_engine(f"{before}{option}{ROLES}")
