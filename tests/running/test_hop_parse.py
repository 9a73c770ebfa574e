"""Hop 2: a captured page becomes postings once, and what its site no longer shows is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from chyrak.errors import AskOperator
from chyrak.records import Capture
from crawlers.evidence import Archive
from runtime.context import Context
from runtime.stages.parse import drain
from store import postings, tables
from store.crawl import captures

URL = "https://board.example/1"
PAGE = """<html><head><title>Повар</title><script type="application/ld+json">{"@context": "https://schema.org",
"@type": "JobPosting", "title": "Повар", "description": "<p>Нужен повар, %s, оклад сорок тысяч, питание.</p>"}
</script></head><body><h1>Повар</h1></body></html>"""


@pytest.fixture
def board(settings, home: Path) -> None:
    terms = {
        "url": "https://board.example/terms",
        "read_on": "2026-11-01",
        "basis": "consent",
        "owner": "an invented board",
    }
    described = {
        "id": "board",
        "name": "Board",
        "kind": "listing",
        "about": "adverts",
        "languages": ["ru"],
        "timezone": "Asia/Bishkek",
        "every": "1h",
        "enabled": True,
        "start": ["https://board.example/"],
        "listing": {"links": "/\\d+$"},
        "terms": {**terms, "consent": "given", "note": "invented"},
    }
    folder = home / "sources"
    folder.mkdir(exist_ok=True)
    (folder / "board.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")


@pytest.fixture
def capture(board: None, context: Context) -> Callable[..., None]:
    """Puts an answer into the archive and the crawl database, as a crawl does."""

    def capture(at: datetime, body: str = "", status: int = 200) -> None:
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        raw = body.encode()
        with Archive(context.home / "archive", "board") as archive:
            ref = archive.keep(URL, status=status, headers=headers, body=raw, fetched_at=at)
        with context.store.crawl.begin() as connection:
            captures.add(connection, Capture("board", URL, URL, status, headers, "0" * 64, at, ref), "posting", None)

    return capture


def _fresh(context: Context) -> list[tuple[int, int]]:
    with context.store.crawl.read() as connection:
        query = select(tables.capture.c.postings, tables.capture.c.fresh).order_by(tables.capture.c.id)
        return [tuple(row) for row in connection.execute(query)]


def _posting(context: Context):
    with context.store.main.read() as connection:
        return postings.get(connection, postings.posting_id("board", URL))


def test_only_new_and_changed_postings_count_as_a_find(context: Context, capture: Callable, moment: datetime):
    for text in ("Баткен", "Баткен", "Ош"):
        capture(moment, PAGE % text)
        assert drain(context, 10) == 1
    assert _fresh(context) == [(1, 1), (1, 0), (1, 1)]
    posting = _posting(context)
    assert posting is not None
    assert posting.rev == 2


@pytest.mark.parametrize("status", [404, 410, 301, 302, 303, 307, 308])
def test_an_advert_that_is_taken_down_or_led_away_is_gone(
    context: Context, capture: Callable, moment: datetime, status: int
):
    capture(moment, PAGE % "Ош")
    capture(moment, "", status)
    drain(context, 10)
    posting = _posting(context)
    assert posting is not None
    assert posting.gone_at == moment


def test_a_page_whose_source_file_is_away_waits_and_is_parsed_when_the_file_is_back(
    context: Context, capture: Callable, moment: datetime, home: Path
):
    file = home / "sources" / "board.yaml"
    capture(moment, PAGE % "Ош")
    file.rename(file.with_suffix(".off"))
    drain(context, 10)
    with context.store.crawl.begin() as connection:
        ((_, fault),) = captures.failed(connection, 5)
        assert "'board' has no file in the register" in fault
        captures.parse_again(connection)
    file.with_suffix(".off").rename(file)
    assert drain(context, 10) == 1
    assert _posting(context) is not None


def test_an_archive_that_was_cut_in_the_middle_is_named_and_the_rest_goes_on(
    context: Context, capture: Callable, moment: datetime, home: Path
):
    capture(moment, PAGE % "Ош")
    (file,) = (home / "archive").rglob("*.warc.gz")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
    capture(moment, PAGE % "Талас")
    assert drain(context, 10) == 2
    with context.store.crawl.read() as connection:
        ((_, fault),) = captures.failed(connection, 5)
    assert file.name in fault
    posting = _posting(context)
    assert posting is not None
    assert "Талас" in posting.body


def test_a_faulty_source_file_stops_the_hop_and_spoils_no_page(
    context: Context, capture: Callable, moment: datetime, home: Path
):
    capture(moment, PAGE % "Ош")
    file = home / "sources" / "board.yaml"
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound + "colour: red\n", encoding="utf-8")
    with pytest.raises(AskOperator, match=r"board.yaml:\d+: .*colour"):
        drain(context, 10)
    file.write_text(sound, encoding="utf-8")
    assert drain(context, 10) == 1
    assert _posting(context) is not None
