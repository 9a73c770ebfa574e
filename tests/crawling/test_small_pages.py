"""Every folder of `pages/` is a page as received and what is right about it; `why.md` says what is odd."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from crawl_examples import a_capture, a_source

from chyrak.errors import SkipItem
from chyrak.records import Sighting
from crawlers.pages import to_postings
from crawlers.source import FIELDS

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "pages").glob("*/expected.json"))


def read(folder: Path) -> tuple[list[Sighting], list[dict[str, Any]]]:
    """What the reader gives and what is expected."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    (page,) = folder.glob("page.*")
    capture = a_capture(expected["url"], expected["content_type"])
    return to_postings(expected["page_kind"], capture, page.read_bytes(), a_source(**expected["source"])), expected[
        "postings"
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_small_page_is_read_as_its_folder_says(folder: Path) -> None:
    found, expected = read(folder)
    assert [posting.title for posting in found] == [posting["title"] for posting in expected]
    for posting, right in zip(found, expected, strict=True):
        for piece in right["text_has"]:
            assert piece in posting.text
        for piece in right["text_lacks"]:
            assert piece not in f"{posting.title}\n{posting.text}"
        published = datetime.fromisoformat(right["published"]).astimezone(UTC) if right["published"] else None
        assert posting.published_at == published
        assert posting.lang_hint == right["lang_hint"]
        assert right["fields"].items() <= posting.fields.items()
        if "url" in right:
            assert posting.url == right["url"]
        if "url_like" in right:
            assert re.fullmatch(right["url_like"], posting.url)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_reading_a_page_twice_gives_the_same(folder: Path) -> None:
    assert read(folder) == read(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_eth_09_no_field_beside_the_listed_five_is_parsed(folder: Path) -> None:
    for posting in read(folder)[0]:
        assert set(posting.fields) <= set(FIELDS)


def test_eth_09_a_field_that_is_not_listed_is_refused() -> None:
    from crawlers.pages.sight import sighting

    with pytest.raises(KeyError, match="followers"):
        sighting(a_source(), a_capture(), url="", title="t", text="x", fields={"followers": "1532"})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_small_page_says_why_it_is_there(folder: Path) -> None:
    assert len((folder / "why.md").read_text(encoding="utf-8")) > 40


@pytest.mark.parametrize("kind", ["posting", "article"])
@pytest.mark.parametrize("body", [b"", b"   ", b"<html><head></head><body><div id=app></div></body></html>"])
def test_a_page_that_gives_no_text_is_an_error_and_not_silence(kind: str, body: bytes) -> None:
    with pytest.raises(SkipItem, match=r"https://board\.example/x: "):
        to_postings(kind, a_capture(), body, a_source())


def test_a_page_kind_nobody_knows_is_named() -> None:
    with pytest.raises(SkipItem, match="no reader for page kind 'video'; known: feed"):
        to_postings("video", a_capture(), b"", a_source())


@pytest.mark.parametrize("status", [301, 302, 404, 410])
def test_an_answer_without_a_page_gives_no_posting(status: int) -> None:
    assert to_postings("posting", a_capture(status=status), b"", a_source()) == []
