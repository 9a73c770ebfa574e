"""Dates as boards and feeds of the region write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from crawl_examples import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.pages.dates import read_date

DAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("24 ноября 2026", "ru"),
        ("24 ноября 2026 г.", "ru"),
        ("Опубликовано: 24 ноября", "ru"),
        ("24.11.2026", "ru"),
        ("вчера", "ru"),
        ("2026-жылдын 24-ноябры", "ky"),
        ("24-ноябрь, 2026", "ky"),
        ("кечээ", "ky"),
        ("2026 жылғы 24 қараша", "kk"),
        ("24 қараша 2026", "kk"),
        ("кеше", "kk"),
        ("2026-yil 24-noyabr", "uz"),
        ("24 noyabr 2026", "uz"),
        ("2026 йил 24 ноябр", "uz"),
        ("kecha", "uz"),
        ("24 ноябри соли 2026", "tg"),
        ("24 ноябри 2026", "tg"),
        ("дирӯз", "tg"),
        ("2026-njy ýylyň 24-nji noýabry", "tk"),
        ("24 noýabr 2026", "tk"),
        ("düýn", "tk"),
        ("November 24, 2026", "en"),
        ("24 Nov 2026", "en"),
        ("2026-11-24", "en"),
    ],
)
def test_a_day_is_read_in_every_language_of_the_region(text: str, language: str) -> None:
    assert read_date(text, now=NOW, languages=[language]) == DAY


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 24 Nov 2026 09:00:00 +0600", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("Thu,28 Jul 2022 4:35:5 GMT+9", datetime(2022, 7, 27, 19, 35, 5, tzinfo=UTC)),
        ("Вт, 24 ноя 2026 10:00:00 +0500", datetime(2026, 11, 24, 5, tzinfo=UTC)),
        ("24 ноя 2026 16:00:00 GMT", datetime(2026, 11, 24, 16, tzinfo=UTC)),
        ("2026-11-24T10:00:00.123+06:00", datetime(2026, 11, 24, 4, 0, 0, 123000, tzinfo=UTC)),
        ("2026-11-24 10:00:00 +0600", datetime(2026, 11, 24, 4, tzinfo=UTC)),
        ("24 ноября 2026, 14:05", datetime(2026, 11, 24, 8, 5, tzinfo=UTC)),
        ("вчера, 14:20", datetime(2026, 11, 24, 8, 20, tzinfo=UTC)),
        ("3 саат мурун", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("3 kun avval", datetime(2026, 11, 22, 12, tzinfo=UTC)),
        ("2 часа назад", datetime(2026, 11, 25, 10, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_in_the_sources_own_zone(text: str, moment: datetime) -> None:
    assert read_date(text, now=NOW, languages=["ru", "ky", "uz"], timezone="Asia/Bishkek") == moment


@pytest.mark.parametrize("text", ["", "-", "5", "не указана", "0000-00-00", "1970-01-01", "2099-01-01", "32.13.2026"])
def test_what_is_no_publication_date_gives_none(text: str) -> None:
    assert read_date(text, now=NOW, languages=["ru"]) is None


@settings(deadline=None)
@given(st.text(alphabet="0123456789-.:/ TZ+адекабряnoymрьжылдын\u0660\x00", max_size=40))
def test_no_text_breaks_the_reader_or_gives_a_date_out_of_range(text: str) -> None:
    found = read_date(text, now=NOW, languages=["ky"], timezone="Asia/Bishkek")
    assert found is None or (found.tzinfo is not None and 1995 <= found.year <= 2026)


@settings(deadline=None)
@given(st.integers(820_454_400, 1_795_000_000))
def test_a_date_in_iso_form_comes_back_to_the_second(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert read_date(moment.isoformat(), now=NOW) == moment
