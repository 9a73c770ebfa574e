"""An erasure request reaches every room: store, crawl database, archive, index; and the advert never returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from chyrak.records import Capture, Kind, Sighting
from crawlers.evidence import Archive
from runtime import stages
from runtime.cli.app import app
from runtime.context import Context, now
from store import audit, postings
from store.crawl import captures

TEXT = "Нужна помощница, звонить +996 555 000 142, Замира"
URL = "https://board.example/1"


@pytest.fixture
def crawled(context: Context, moment: datetime) -> Callable[[str], str]:
    """Keeps an advert with its capture and its bytes in the archive, reads and indexes it."""

    def crawled(url: str = URL) -> str:
        with Archive(context.home / "archive", "board") as archive:
            ref = archive.keep(url, status=200, headers=(), body=TEXT.encode(), fetched_at=moment)
        with context.store.crawl.begin() as connection:
            captures.add(connection, Capture("board", url, url, 200, (), "0" * 64, moment, ref), "posting", None)
            captures.mark_parsed(connection, 1, 1, None)
        with context.store.main.begin() as connection:
            sighting = Sighting("board", url, Kind.ADVERT, "", TEXT, moment, archive_ref=ref)
            key = postings.keep(connection, sighting).posting_id
        stages.drain_all(context, ("read", "group", "sync"))
        context.engine.refresh()
        return key

    return crawled


def _everything(home: Path) -> str:
    """Every byte under the home folder but the keys, archives unpacked."""
    pieces = []
    for file in sorted(path for path in home.rglob("*") if path.is_file() and "keys" not in path.parts):
        if file.name.endswith(".warc.gz"):
            with file.open("rb") as opened:
                pieces += [record.content_stream().read() for record in ArchiveIterator(opened)]
        pieces.append(file.read_bytes())
    return b"\n".join(pieces).decode("utf-8", "replace")


def test_eth_12_an_erased_address_leaves_no_trace_of_its_text(context: Context, crawled: Callable[..., str]):
    crawled()
    assert "Замира" in _everything(context.home)
    assert context.engine.count() == 1
    result = CliRunner().invoke(app, ["erase", "--url", URL, "--reason", "asked on 5 May", "--home", str(context.home)])
    assert result.exit_code == 0, result.output
    assert "1 adverts erased" in result.output
    stages.drain_all(context, ("sync",))
    context.engine.refresh()
    assert context.engine.count() == 0
    with context.store.main.begin() as connection, context.store.crawl.read() as crawl:
        assert postings.keep(connection, Sighting("mirror", URL, Kind.ADVERT, "", TEXT, now())).rev == 0
        assert captures.counts(crawl) == {"unparsed": 0, "parsed": 0, "failed": 0}
        assert audit.tail(connection, 1)[0].action == "erase"
    (archive,) = (context.home / "archive").rglob("*.warc.gz")
    with archive.open("rb") as opened:
        bodies = [record.content_stream().read() for record in ArchiveIterator(opened)]
    assert not any("Замира".encode() in body for body in bodies)
    assert any(b"asked on 5 May" in body for body in bodies)


def test_eth_12_an_advert_that_shows_an_erased_contact_later_loses_its_bytes_too(
    context: Context, crawled: Callable[..., str]
):
    crawled()
    command = ["erase", "--phone", "+996 555 000142", "--reason", "asked", "--home", str(context.home)]
    assert CliRunner().invoke(app, command).exit_code == 0
    key = crawled("https://board.example/2")
    with context.store.main.read() as connection:
        assert postings.get(connection, key) is None
    for archive in (context.home / "archive").rglob("*.warc.gz"):
        with archive.open("rb") as opened:
            assert not any("Замира".encode() in record.content_stream().read() for record in ArchiveIterator(opened))


def test_eth_12_what_could_not_be_erased_from_the_archive_is_said_and_the_store_is_erased_all_the_same(
    context: Context, crawled: Callable[..., str]
):
    key = crawled()
    (archive,) = (context.home / "archive").rglob("*.warc.gz")
    archive.unlink()
    result = CliRunner().invoke(app, ["erase", "--url", URL, "--reason", "asked", "--home", str(context.home)])
    assert result.exit_code == 1
    assert archive.name in result.output
    assert "Erase it from its backup" in result.output
    with context.store.main.read() as connection:
        assert postings.get(connection, key) is None


def test_an_erasure_of_what_is_not_there_says_so(context: Context):
    result = CliRunner().invoke(app, ["erase", "--url", URL, "--reason", "asked", "--home", str(context.home)])
    assert result.exit_code != 0
    assert "No advert at" in str(result.exception) + result.output
    assert URL in str(result.exception) + result.output
