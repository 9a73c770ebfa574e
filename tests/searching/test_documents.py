"""The document of a posting: what it says, and what it must not hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tantivy

from chyrak.records import (
    Contact,
    Engine,
    Exploitation,
    Indicator,
    Kind,
    Level,
    Pay,
    Place,
    Posting,
    Reading,
    Span,
    Stance,
    State,
)
from chyrak.serial import from_plain
from indexer import Document, SearchRequest, build, open_engine, parse
from indexer.documents import from_fields, keywords, numbers, to_json

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
PHONES = ["+996 555 000 101", "+996555000102", "0555 00-01-03", "998900000104", "+998 (90) 000-01-05"]
TITLE = f"Работа, звоните {PHONES[0]}"
TEXT = (
    f"WhatsApp {PHONES[1]} или {PHONES[2]}, тел. {PHONES[3]}; {PHONES[4]}. "
    "Почта agent@board.example, @osh_agent_7. Ещё раз @osh_agent_7"
)


def _posting() -> Posting:
    return Posting(
        id="p1",
        rev=3,
        kind=Kind.ADVERT,
        source="board-a",
        url="https://wa.me.example/996555000102?ad=123456789",
        title=TITLE,
        text=TEXT,
        published_at=None,
        lang_hint=None,
        fields={},
        first_seen=NOW,
        last_seen=NOW,
    )


def _contact(kind: str, written: str, value: str, masked: str) -> Contact:
    start = f"{TITLE}\n{TEXT}".index(written)
    return Contact(kind, value, masked, Span(start, start + len(written), written))


def _reading() -> Reading:
    span = Span(0, 6, "Работа")
    return Reading(
        posting_id="p1",
        rev=3,
        engine=Engine("r1", "m1"),
        languages=("ru", "ky"),
        stance=Stance.OFFER,
        indicators=(
            Indicator("I05", State.PRESENT, (span,)),
            Indicator("I20", State.NOT_STATED),
            Indicator("I24", State.DENIED, (span,)),
        ),
        protective=(),
        pay=Pay(1000, 2000, "USD", "month", "promised", 1500.0, 0.9, span),
        places=(Place("AE", "Дубай", "destination", span), Place("AE", "Абу-Даби", "named", span)),
        contacts=(
            _contact("phone", PHONES[0], "+996555000101", "+996 ••• ••• •01"),
            _contact("phone", PHONES[1], "+996555000102", "+996 ••• ••• •02"),
            _contact("telegram", "@osh_agent_7", "osh_agent_7", "@os•••"),
        ),
        exploitation=(Exploitation("DEBT", 0.2), Exploitation("SEX.NIGHT", 0.8)),
        score=0.91,
        level=Level.HIGH,
        reasons=(),
    )


def _document() -> Document:
    return build(_posting(), _reading(), version=7, contact_links=("aa11", "bb22", "aa11"), campaign="c1")


def test_a_document_says_what_the_reading_found() -> None:
    document = _document()
    assert (document.id, document.version, document.level, document.score) == ("p1", 7, 3, 0.91)
    assert document.indicators == ("I05",)
    assert document.exploitation == ("SEX.NIGHT", "DEBT")
    assert document.places == ("AE",)
    assert document.place_names == ("Дубай", "Абу-Даби")
    assert document.pay_usd_month == 1500.0
    assert document.contacts == ("aa11", "bb22")
    assert document.dated == NOW
    assert keywords(document)["type"] == ("SEX.NIGHT", "SEX", "DEBT")
    assert keywords(document)["week"] == ("2026-W41",)
    assert numbers(document)["published"] == NOW.toordinal()
    assert from_fields(json.loads(to_json(document))) == document == from_plain(Document, json.loads(to_json(document)))


def test_a_posting_that_was_not_read_yet_has_level_none() -> None:
    document = build(_posting(), None, version=1)
    assert (document.level, document.score, document.stance, document.languages) == (0, 0.0, "OTHER", ())


def _forms(phone: str) -> set[str]:
    digits = "".join(c for c in phone if c.isdigit())
    return {phone, digits, digits[-9:]}


def test_eth_10_contacts_are_masked_in_title_text_and_url() -> None:
    document = _document()
    for held in (document.title, document.text, document.url):
        for phone in PHONES:
            assert not any(form in held for form in _forms(phone))
        assert "osh_agent_7" not in held
        assert "agent@board" not in held
    assert document.title == "Работа, звоните +996 ••• ••• •01"
    assert document.text.startswith("WhatsApp +996 ••• ••• •02 или")
    assert "ad=123456789" in document.url, "an advert's own number is no contact"


def test_masking_leaves_pay_dates_and_hours_alone() -> None:
    text = "Зарплата 80 000 - 120 000 руб, 1500-2000$, с 01.10.2026 по 31.12.2026, график 12/12, 2000 2500 3000"
    posting = replace(_posting(), title="Работа", text=text)
    assert build(posting, None, version=1).text == text


def _dump(folder: Path) -> str:
    """Every term and every stored document of a tantivy index, as text; on disk both are packed."""
    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()
    terms = [term for name in _TEXT_FIELDS for term, _ in searcher.terms_with_prefix(name, "", limit=100_000)]
    stored = [searcher.doc(address).to_dict() for _, address in searcher.search(tantivy.Query.all_query(), 100).hits]
    plain = [
        value.decode() if isinstance(value, bytes) else str(value) for d in stored for v in d.values() for value in v
    ]
    return "\n".join(terms + plain)


_TEXT_FIELDS = ["id", "words", "lexemes", "title_lexemes", *keywords(build(_posting(), None, version=1))]


def test_eth_10_the_index_holds_no_raw_phone(tmp_path: Path) -> None:
    engine = open_engine(f"tantivy://{tmp_path / 'index'}")
    engine.apply([_document()])
    for query in ("996555000101", "555000102", '"996 555"', "osh_agent_7", "agent*"):
        assert engine.search(SearchRequest(parse(query))).total == 0, query
    assert engine.search(SearchRequest(parse("contact:aa11"))).total == 1
    files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    [generation] = [path.parent for path in files if path.name == "meta.json"]
    dump = _dump(generation)
    assert "whatsapp" in dump, "the scan would prove nothing if it did not see the words"
    raw = b"".join(path.read_bytes() for path in files)
    for phone in PHONES:
        for form in _forms(phone):
            assert form not in dump
            assert form.encode() not in raw
    for held in ("osh_agent_7", "agent@board"):
        assert held not in dump
        assert held.encode() not in raw


@pytest.mark.parametrize("links", [(), ("x",)])
def test_contacts_are_found_by_their_link_only(links: tuple[str, ...]) -> None:
    assert keywords(build(_posting(), _reading(), version=1, contact_links=links))["contact"] == links
