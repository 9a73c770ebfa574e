"""Masks and pieces: no phone is left, no other text is lost, marks stay where they were."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chyrak.records import Contact, Span
from review.difference import compare
from review.masking import Mask, find_masks, mask, safe
from review.passage import Mark, cut
from review.snippets import WIDTH, window

TEXTS = st.text(alphabet="аб вг\n.,АйЖXYxy0123456789+-()@•", max_size=120)
SPELLINGS = (
    "+996 555 000 123",
    "+996555000123",
    "996555000123",
    "996 555 000 123",
    "+996 (555) 00-01-23",
    "+996-555-000-123",
    "0555 000 123",
    "0555-00-01-23",
    "8 701 555 01 23",
    "8(701)555-01-23",
    "+7 701 555 01 23",
    "+998 90 000 01 23",
    "998 90 000 01 23",
    "+992 93 000 01 23",
    "+971 50 000 0123",
)


@pytest.mark.parametrize("phone", SPELLINGS)
@pytest.mark.parametrize("around", ["Звоните {}", "{}", "тел:{}.", "({}), спросить Нур", "з/п 2500$ {} срочно"])
def test_eth_06_a_phone_is_masked_however_it_is_written_even_if_the_reading_missed_it(phone: str, around: str) -> None:
    shown = mask(around.format(phone))
    assert phone not in shown
    assert "•••23" in shown
    assert not re.search(r"\d{3,}", shown.replace("2500", ""))


@pytest.mark.parametrize(
    "text",
    [
        "оплата 80 000 - 120 000 руб.",
        "от 2500$ до 4000$",
        "график 15/15, 60/30, с 8.00 до 20.00",
        "25.11.2026 в 10:00, девушки 18-25 лет",
        "паспорт, медкнижка, ул. Ленина 5, 3 этаж",
        "100 000 сом, 1 500 000 сум, 350 000 тенге",
    ],
)
def test_pay_dates_and_hours_are_left_to_be_read(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("text", ["@thai_work", "t.me/thai_work", "https://wa.me/996555000123", "nur@mail.example"])
def test_handles_links_and_addresses_are_masked(text: str) -> None:
    assert mask(f"пишите {text} сюда") == f"пишите {'•••23' if '996' in text else '•••'} сюда"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Звонить 0555 000 123, Айгерим", "Айгерим"),
        ("0555 000 123 (Нурлан)", "Нурлан"),
        ("Меня зовут Ержан, вахта", "Ержан"),
        ("Менеджер: Dilnoza", "Dilnoza"),
        ("аты Гүлназ", "Гүлназ"),
    ],
)
def test_eth_06_a_name_that_a_cue_or_a_contact_gives_away_is_masked(text: str, name: str) -> None:
    assert name not in mask(text)
    assert name in mask(text, names=False)


@pytest.mark.parametrize("text", ["Звоните Айбеку +…21", "Мээрим telegram …sh", "+…44, Шерзод"])
def test_eth_06_a_name_beside_a_contact_that_the_index_has_masked_is_masked_too(text: str) -> None:
    assert not re.search("Айбеку|Мээрим|Шерзод", mask(text))


def test_a_word_that_is_no_name_stays_beside_a_contact() -> None:
    assert mask("Пишите в WhatsApp 0555 000 123") == "Пишите в WhatsApp •••23"


def test_researchers_see_no_long_number_at_all() -> None:
    assert mask("договор 1234567, дом 12", pseudonymise=True) == "договор •••, дом 12"


@pytest.mark.parametrize(
    ("masked", "shown"),
    [
        ("+996 ••• ••• •23", "•••23"),
        ("+996 555 000 123", "•••23"),
        ("@th•••", "@th•••"),
        ("", "•••"),
        ("n•••@m", "n•••@m"),
    ],
)
def test_a_masked_form_shows_at_most_two_digits_whatever_the_reading_put_there(masked: str, shown: str) -> None:
    assert safe(masked) == shown


@given(TEXTS, st.data())
def test_masks_are_in_order_apart_and_inside_the_text(body: str, data: st.DataObject) -> None:
    contacts = []
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, len(body)))
        contacts.append(Contact("phone", "x", "•••", Span(start, end, body[start:end])))
    masks = find_masks(body, contacts)
    at = 0
    for one in masks:
        assert at <= one.start < one.end <= len(body)
        at = one.end
    for contact in contacts:
        assert contact.span is not None
        for place in range(contact.span.start, contact.span.end):
            assert any(m.start <= place < m.end for m in masks)


@given(TEXTS, st.data())
def test_pieces_join_to_the_text_and_carry_every_mark(body: str, data: st.DataObject) -> None:
    def stretch() -> tuple[int, int]:
        start = data.draw(st.integers(0, len(body)))
        return start, data.draw(st.integers(start, len(body)))

    marks = [Mark(*stretch(), f"I{n:02}", "present") for n in range(data.draw(st.integers(0, 4)))]
    pieces = cut(body, 0, len(body), marks, [])
    assert "".join(piece.text for piece in pieces) == body
    at = 0
    for piece in pieces:
        expected = {m.id for m in marks if m.start < at + len(piece.text) and m.end > at and m.start < m.end}
        assert {m.id for m in piece.marks} == expected
        at += len(piece.text)
    opened = [m for piece in pieces for m in piece.opens]
    assert sorted(m.id for m in opened) == sorted(m.id for m in marks if m.start < m.end)


@given(TEXTS, st.data())
def test_a_masked_stretch_never_shows_its_letters_whatever_marks_cross_it(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    left = data.draw(st.integers(0, len(body)))
    right = data.draw(st.integers(left, len(body)))
    masks = [Mask(start, end, "■")] if start < end else []
    pieces = cut(body, 0, len(body), [Mark(left, right, "I01", "present")], masks)
    expected = body[:start] + "■" + body[end:] if masks else body
    assert "".join(piece.text for piece in pieces) == expected


@given(TEXTS, TEXTS)
def test_a_difference_leads_from_the_old_text_to_the_new_one(before: str, after: str) -> None:
    changes = compare(before, after)
    assert "".join(c.text for c in changes if c.kind != "added") == before
    assert "".join(c.text for c in changes if c.kind != "removed") == after


@given(st.text(alphabet="аб ", max_size=1500), st.data())
def test_a_snippet_is_short_and_holds_the_first_find(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    found = []
    if start < len(body):
        left = data.draw(st.integers(start, len(body) - 1))
        found = [(left, left + 1)]
    left, right = window(body, start, found)
    assert start <= left <= right <= len(body)
    assert right - left <= WIDTH
    if found:
        assert left <= found[0][0] < right
