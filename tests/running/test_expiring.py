"""What is over its time is gone from store, index and archive; what rests on evidence keeps it (ETH-11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from chyrak.errors import SkipItem
from chyrak.records import Capture, Kind, Sighting
from crawlers import evidence
from crawlers.evidence import Archive
from runtime import stages
from runtime.context import Context
from runtime.expiring import expire
from store import postings
from store.crawl import captures

RISKY = (
    "Срочно! Девушки 18-25 в Дубай, ночной клуб, консумация. Паспорт сдаёте администратору, долг за билет отработаете."
)
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ORDINARY = "Требуется продавец в магазин, Бишкек, оклад 35000 сом, оформление по ТК, выходной воскресенье. Замира"


@pytest.fixture
def crawled(context: Context) -> Callable[..., str]:
    """One run that keeps a list and these adverts, as a crawl, a parse and a reading do; gives the last one's ref."""

    def crawled(*texts: str, label: str = "board") -> str:
        ref = ""
        with Archive(context.home / "archive", label) as archive:
            for number, text in enumerate(("a list of adverts", *texts)):
                url = f"https://board.example/{label}/{number}"
                ref = archive.keep(url, status=200, headers=(), body=text.encode(), fetched_at=START)
                with context.store.crawl.begin() as c:
                    captures.add(c, Capture("board", url, url, 200, (), "0" * 64, START, ref), "posting", None)
                    captures.mark_parsed(c, captures.unparsed(c, 1)[0].id, 1, None)
                if number:
                    with context.store.main.begin() as c:
                        postings.keep(c, Sighting("board", url, Kind.ADVERT, "", text, START, archive_ref=ref))
        stages.drain_all(context, ("read", "group", "sync"))
        context.engine.refresh()
        return ref

    return crawled


def _body(context: Context, ref: str) -> str:
    return evidence.read(context.home / "archive", ref)[1].decode()


def _on(day: float) -> time_machine.travel:
    return time_machine.travel(START + timedelta(days=day), tick=False)


def test_eth_11_an_ordinary_text_leaves_store_index_and_archive_after_thirty_days(
    context: Context, crawled: Callable[..., str]
):
    with _on(0):
        ref = crawled(ORDINARY)
        assert context.engine.count() == 1
    with _on(29.9):
        done = expire(context)
        assert (done.unflagged, done.answers, done.files) == (0, 0, 0)
        assert _body(context, ref) == ORDINARY
    with _on(30.1):
        done = expire(context)
        assert (done.unflagged, done.answers, done.files, done.faults) == (1, 2, 1, ())
        stages.drain_all(context, ("sync",))
        context.engine.refresh()
        assert context.engine.count() == 0
        assert list((context.home / "archive").rglob("*.warc.gz")) == []
        again = expire(context)
        assert (again.unflagged, again.answers, again.files) == (0, 0, 0)


def test_eth_11_the_evidence_of_a_flagged_advert_stays_and_its_neighbours_bytes_go(
    context: Context, crawled: Callable[..., str]
):
    with _on(0):
        ref = crawled(ORDINARY, RISKY)
    with _on(31):
        done = expire(context)
        assert (done.unflagged, done.answers, done.files) == (1, 2, 0)
        assert _body(context, ref) == RISKY
        (file,) = (context.home / "archive").rglob("*.warc.gz")
    with file.open("rb") as opened:
        from warcio.archiveiterator import ArchiveIterator

        bodies = [record.content_stream().read().decode() for record in ArchiveIterator(opened)]
    assert not any("Замира" in body or "a list of adverts" in body for body in bodies)


def test_an_answer_that_could_not_be_erased_is_named_and_tried_again(context: Context, crawled: Callable[..., str]):
    with _on(0):
        ref = crawled(ORDINARY)
    file = context.home / "archive" / ref.rpartition(":")[0]
    away = file.rename(file.with_suffix(".away"))
    with _on(31):
        done = expire(context)
        assert done.unflagged == 1
        assert len(done.faults) == 2
        assert file.name in done.faults[0]
        away.rename(file)
        assert expire(context).answers == 2


def test_a_page_that_waits_to_be_parsed_is_never_let_go(context: Context):
    with Archive(context.home / "archive", "board") as archive:
        ref = archive.keep("https://b.example/1", status=200, headers=(), body=b"unread", fetched_at=START)
    with context.store.crawl.begin() as c:
        captures.add(c, Capture("board", "u", "u", 200, (), "0" * 64, START, ref), "posting", None)
    with _on(400):
        assert expire(context).answers == 0
    assert _body(context, ref) == "unread"
    with pytest.raises(SkipItem):
        evidence.read(context.home / "archive", "../x:0")


def test_files_of_other_programs_in_the_archive_are_left_alone(context: Context):
    strange = context.home / "archive" / "notes.warc.gz"
    strange.write_bytes(b"")
    with _on(400):
        assert expire(context).files == 0
    assert strange.exists()
