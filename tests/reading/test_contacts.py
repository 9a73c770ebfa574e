"""Contacts as people write them, and what only looks like one. Every number and name is made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chyrak.text import fold
from nlp.components.contacts import country_of, find_contacts


def found(text: str, *languages: str) -> list[tuple[str, str]]:
    return [(contact.kind, contact.value) for contact in find_contacts(fold(text), languages)]


KG = "+996555000112"
UZ = "+998900000127"
TJ = "+992900000114"
TM = "+99360000114"
KZ = "+77000000161"


@pytest.mark.parametrize(
    ("text", "number", "language"),
    [
        ("Звонить +996 555 000 112", KG, "ru"),
        ("тел. +996(555)000-112", KG, "ru"),
        ("996555000112", KG, "ru"),
        ("0555 000 112", KG, "ky"),
        ("0555000112", KG, "ky"),
        ("0 555 000 112", KG, "ky"),
        ("O555 OOO 112", KG, "ky"),
        ("0 5 5 5 . 0 0 0 . 1 1 2", KG, "ky"),
        ("0️⃣5️⃣5️⃣5️⃣0️⃣0️⃣0️⃣1️⃣1️⃣2️⃣", KG, "ky"),
        ("акча р 0555\n000\n112", KG, "ky"),
        ("Вотсап: +9 9 6 5 5 5 0 0 0 1 1 2", KG, "ru"),
        ("+996 5SS OOO 112", KG, "ky"),
        ("+996 555 OOO II2", KG, "ky"),
        ("в воцап 555 000 112, завтра", KG, "ru"),
        ("вацап ноль пятьсот пятьдесят пять 000 112", KG, "ru"),
        ("ноль пятьсот пятьдесят пять, ноль ноль ноль, сто двенадцать", KG, "ru"),
        ("номерим: ноль беш беш беш, ноль ноль ноль, бир бир эки", KG, "ky"),
        ("8 700 000 01 61", KZ, "kk"),
        ("8-7OO-OOO-O1-61", KZ, "kk"),
        ("87000000161", KZ, "kk"),
        ("+7 7OO OOO O1 61 Мұрат", KZ, "kk"),
        ("8.700.000.01.61", KZ, "ru"),
        ("90 000 01 27", UZ, "uz"),
        ("90.000.01.27 Nargiza", UZ, "uz"),
        ("900000127", UZ, "uz"),
        ("9O OOO O1 27", UZ, "uz"),
        ("nol emas, toqqizta nol bir... +998 90 000 01 27", UZ, "uz"),
        ("Кадр: 90 000 01 27 18-45 ёш", UZ, "uz"),
        ("ба ман нависад +992 90 000 01 14", TJ, "tg"),
        ("90 000 01 14", TJ, "tg"),
        ("imo-dan iber: +993 60 00 01 14", TM, "tk"),
        ("Orazmyrat 60 00 01 14", TM, "tk"),
        ("https://wa.me/996555000112", KG, "ru"),
        ("api.whatsapp.com/send?phone=%2B996555000112", KG, "ru"),
        ("wa.me/+996555000112?text=hi", KG, "ru"),
        ("t.me/+996555000112", KG, "ru"),
        ("viber://chat?number=%2B996555000112", KG, "ru"),
        ("+90 532 000 01 12", "+905320000112", "ru"),
        ("0532 000 01 12", "+905320000112", "ru"),
        ("010-2000-0112", "+821020000112", "ru"),
        ("+971 50 000 0112", "+971500000112", "en"),
    ],
)
def test_a_number_is_found_however_it_is_written(text: str, number: str, language: str) -> None:
    assert ("phone", number) in found(text, language)


def test_a_bare_number_belongs_to_the_country_of_the_language() -> None:
    assert found("90 000 01 14", "tg") == [("phone", TJ)]
    assert found("90 000 01 14", "uz") == [("phone", "+998900000114")]
    assert found("Ба корхона коргарон лозим, ҷой ҳаст 90 000 01 14") == [("phone", TJ)]


def test_two_numbers_in_one_line_are_two() -> None:
    assert found("0555 000 112 0700 000 113", "ky") == [("phone", KG), ("phone", "+996700000113")]
    assert found("0555000112/0700000113", "ky")[0] == ("phone", KG)


@pytest.mark.parametrize(
    "text",
    [
        "id 550e8400-e29b-41d4-a716-446655440000",
        "зарплата 900 000 000 сум, 90 000 000 so'm",
        "80 000 - 120 000 рублей, 2500-4000$",
        "12.05.2026 - 31.12.2026, с 9.00-17.00",
        "лицензия № 00 555 000 112",
        "ИНН 0555000112",
        "БИН 990140000123",
        "2019-2024 годы, 5000 человек",
        "10 000 000 000",
        "18-25 25-30 30-45 50-60",
        "карта 4169 0000 0000 0012",
        "рост 165 вес 55 000",
        "1 200 000 рубл. 2 850 000",
        "",
    ],
)
def test_other_figures_are_no_telephone(text: str) -> None:
    assert found(text, "ru", "uz") == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("пиши @example_work", "telegram", "example_work"),
        ("Тг @Example_Work!", "telegram", "example_work"),
        ("https://t.me/example_work/12", "telegram", "example_work"),
        ("t.me/s/example_work", "telegram", "example_work"),
        ("t.me/joinchat/AbC123", "telegram", "invite:AbC123"),
        ("https://t.me/+AbCd12ef", "telegram", "invite:AbCd12ef"),
        ("tg://resolve?domain=example_work", "telegram", "example_work"),
        ("тг example_khm_hr дeп ізде", "telegram", "example_khm_hr"),
        ("@ехаmple_work", "telegram", "example_work"),
        ("бот: @example_jobs_bot", "bot", "example_jobs_bot"),
        ("t.me/example_jobs_bot?start=1", "bot", "example_jobs_bot"),
        ("инста @example_kg", "instagram", "example_kg"),
        ("instagram.com/example.kg/", "instagram", "example.kg"),
        ("@example.kg", "instagram", "example.kg"),
        ("https://www.tiktok.com/@example_tt", "tiktok", "example_tt"),
        ("vk.com/example_vk", "vk", "example_vk"),
        ("ok.ru/group/123", "ok", "group"),
        ("fb.com/example.fb", "facebook", "example.fb"),
        ("https://chat.whatsapp.com/AbC123", "whatsapp", "AbC123"),
        ("hr@firma.example.org", "email", "hr@firma.example.org"),
        ("https://forms.gle/AbC1", "form", "forms.gle/AbC1"),
        ("linktr.ee/example", "form", "linktr.ee/example"),
        ("анкета alga.example.org", "link", "alga.example.org"),
        ("nur_yol.example.org", "link", "nur_yol.example.org"),
        ("line: example_ktv9", "line", "example_ktv9"),
    ],
)
def test_accounts_links_and_mail_are_found(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "т.д. и т.п.",
        "в 14.00.Звоните",
        "телеграм kanalga yozing",
        "50%/50%",
        "@ 500 сом",
        "и.о.директора",
        "5.000.сом",
        "e.g. this",
    ],
)
def test_what_only_looks_like_an_account_is_none(text: str) -> None:
    assert found(text) == []


def test_eth_10_nothing_but_the_last_two_signs_is_shown() -> None:
    text = "Пишите +996 555 000 112, @example_work, hr@firma.example"
    contacts = find_contacts(fold(text))
    assert [contact.masked for contact in contacts] == ["+…12", "telegram …rk", "email …le"]
    assert "555000112" not in repr(contacts)
    assert "example_work" not in repr(contacts)


def test_the_span_covers_the_whole_contact_as_written() -> None:
    text = "Вотсап: +9 9 6 5 5 5 0 0 0 1 1 2 же @example_w, 6️⃣"
    spans = [contact.span for contact in find_contacts(fold(text))]
    assert [span.text for span in spans if span] == ["+9 9 6 5 5 5 0 0 0 1 1 2", "@example_w"]


def test_the_country_of_a_number_is_known() -> None:
    assert country_of(KG) == "KG"
    assert country_of(KZ) == "KZ"
    assert country_of("+79160000112") == "RU"
    assert country_of("+66 81 000 0112") == "TH"
    assert country_of("nonsense") is None


@given(st.text(st.sampled_from("0123456789oО+-() .@_/:\nnolbirдварtme.kgноль,"), max_size=80))
@settings(max_examples=400, deadline=None)
def test_any_text_gives_contacts_within_it(text: str) -> None:
    for contact in find_contacts(fold(text)):
        assert contact.span is not None
        assert text[contact.span.start : contact.span.end] == contact.span.text
        assert contact.span.text
        assert contact.value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 1_000_000,
        "0 " * 50_000,
        "@" * 100_000,
        "a." * 50_000,
        "ноль " * 20_000,
        "http://" * 10_000,
        "\ud800" * 100,
        "1-" * 50_000,
        "a@a" * 30_000,
    ],
    ids=lambda text: f"{len(text)}-{text[:4]!a}",
)
@pytest.mark.timeout(30)
def test_any_heap_of_signs_is_read(text: str) -> None:
    find_contacts(fold(text))
