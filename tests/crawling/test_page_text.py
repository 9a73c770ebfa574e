"""Charsets, markup and noise: from bytes to the text a reader of the page sees."""

from __future__ import annotations

import json

import pytest
from crawl_examples import a_capture, a_source
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.pages import to_postings
from crawlers.pages.charset import to_text
from crawlers.pages.clean import without_noise
from crawlers.pages.markup import plain
from crawlers.pages.structured import json_ld, things

RUSSIAN = "Требуется повар в кафе, жильё есть, оплата каждую неделю. Звоните в любое время дня."


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "utf-16", "utf-8-sig", "cp866", "iso8859-5"])
def test_cyrillic_prose_is_read_without_any_hint(charset: str) -> None:
    assert to_text(RUSSIAN.encode(charset, "replace")).replace("?", "") == RUSSIAN.replace("?", "")


@pytest.mark.parametrize("claim", ["utf-8", "iso-8859-1", "windows-1251", "nonsense", None])
def test_a_charset_claim_is_believed_only_when_the_bytes_agree(claim: str | None) -> None:
    header = f"text/html; charset={claim}" if claim else None
    assert to_text(RUSSIAN.encode("utf-8"), header) == RUSSIAN


def test_a_header_tells_apart_what_the_bytes_alone_cannot() -> None:
    assert to_text("Өзгөчө".encode(), "text/html; charset=windows-1251") == "Өзгөчө"
    assert to_text(b"caf\xe9", "text/html; charset=iso-8859-1") == "café"
    assert to_text(b"\xef\xf0\xe8\xe2\xe5\xf2", "text/html; charset=windows-1251") == "привет"


def test_one_broken_byte_does_not_spoil_a_page() -> None:
    broken = RUSSIAN.encode() + b"\xff" + RUSSIAN.encode()
    assert to_text(broken, "text/html; charset=utf-8").count(RUSSIAN) == 2


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=koi8-r", "x/y; charset=\x00", "utf8"]))
def test_no_bytes_break_the_decoder(body: bytes, header: str | None) -> None:
    assert isinstance(to_text(body, header), str)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert to_text(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    "line",
    [
        "Просмотров: 381",
        "381 просмотр",
        "Просмотры: 1 204 (+13 сегодня)",
        "Количество просмотров объявления: 12",
        "Сейчас смотрят 4 человека",
        "15 жолу көрүлдү",
        "Қаралды: 44",
        "44 рет қаралды",
        "Ko‘rishlar: 1 204",
        "25 marta ko'rildi",
        "Тамошо: 12",
        "12 gezek görüldi",
        "Views: 3.12K",
        "120 views",
        "Опубликовано 12 мая",
        "Обновлено: сегодня",
        "Размещено: 12.11.2026 в 10:00",
        "2 часа назад",
        "3 kun avval",
        "сегодня, 14:20",
        "Пожаловаться",
        "Показать телефон",
    ],
)
def test_a_line_that_changes_at_every_visit_is_dropped(line: str) -> None:
    assert without_noise(f"Нужна швея.\n{line}\nЖильё есть.") == "Нужна швея.\nЖильё есть."


@pytest.mark.parametrize(
    "line",
    [
        "Вылет 5 декабря, группа 12 человек",
        "Оплата 2 часа назад не считается, 900 долларов",
        "900 долларов",
        "+996 555 000 101",
        "3 дня в неделю",
        "12 часов",
        "24 человека в бригаде",
        "Сегодня набираем 5 девушек",
        "Обновлено жильё для рабочих",
        "2026",
    ],
)
def test_numbers_and_dates_of_the_advert_itself_stay(line: str) -> None:
    assert line in without_noise(f"Нужна швея.\n{line}\nЖильё есть.")


def test_markup_becomes_the_lines_a_reader_sees() -> None:
    fragment = "<h2>Швея</h2><p>Оплата&nbsp;<b>900</b>&#36;<br>Жильё</p><ul><li>паспорт</li></ul><script>x</script>"
    assert plain(fragment) == "Швея\n\nОплата 900$\nЖильё\n\n- паспорт"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_markup_breaks_the_reader(text: str) -> None:
    assert isinstance(plain(text), str)
    assert "<script" not in plain(f"<p>{text}</p><script>alert(1)</script>")


@pytest.mark.parametrize(
    "script",
    [
        "{}",
        "[{}]",
        '{"@graph": [{"@type": "WebPage"}, {}]}',
        '{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": {}}]}',
        "<!-- {} -->",
        "/*<![CDATA[*/ {} /*]]>*/",
        "{}\n{}",
        '{"@type": "WebPage", "mainEntity": {}}',
    ],
)
def test_a_job_posting_is_found_wherever_it_stands(script: str) -> None:
    job = json.dumps({"@type": "https://schema.org/JobPosting", "title": "Швея"}, ensure_ascii=False)
    page = f'<html><script type="application/ld+json">{script.replace("{}", job)}</script></html>'
    assert things(page, "https://board.example/1", "JobPosting")[0]["title"] == "Швея"


@pytest.mark.parametrize(
    "script", ["", "{", "null", "[[[[[[[[[[1]]]]]]]]]]", '{"@graph": 5}', "{" * 5000, '{"@type": 5}']
)
def test_broken_data_of_a_page_break_nothing(script: str) -> None:
    page = f'<html><script type="application/ld+json">{script}</script><h1>Швея</h1><p>Нужна швея в цех.</p></html>'
    assert isinstance(list(json_ld(page)), list)
    (read,) = to_postings("posting", a_capture(), page.encode(), a_source())
    assert read.title == "Швея"


@pytest.mark.parametrize(
    ("salary", "pay"),
    [
        ({"currency": "USD", "value": {"value": 900, "unitText": "MONTH"}}, "900 USD / MONTH"),
        ({"currency": "KGS", "value": {"minValue": 30000, "maxValue": 50000}}, "30000-50000 KGS"),
        ({"currency": "RUB", "value": {"minValue": 80000}}, "от 80000 RUB"),
        ({"currency": "RUB", "value": 60000}, "60000 RUB"),
        ({"currency": "RUB", "value": {"minValue": 0, "maxValue": 0}}, None),
        ("договорная", "договорная"),
        ({}, None),
    ],
)
def test_pay_is_the_boards_own_string_as_far_as_it_says_anything(salary: object, pay: str | None) -> None:
    job = {"@type": "JobPosting", "title": "Швея", "description": "Нужна швея в цех.", "baseSalary": salary}
    page = f'<html><script type="application/ld+json">{json.dumps(job)}</script><h1>Швея</h1></html>'
    (read,) = to_postings("posting", a_capture(), page.encode(), a_source())
    assert read.fields.get("pay") == pay
