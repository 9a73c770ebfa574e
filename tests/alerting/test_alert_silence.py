"""ETH-19 end to end: whatever an advert says, its alert mail is the same mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from alert_examples import AIGUL, NOON, SITE, a_watch, link, sha
from hypothesis import given, settings
from hypothesis import strategies as st

import indexer
from alerts.digest import compose
from alerts.gather import gather
from alerts.match import match
from chyrak.records import (
    Contact,
    Engine,
    Exploitation,
    Indicator,
    Kind,
    Level,
    Mail,
    Place,
    Posting,
    Reading,
    Reason,
    Span,
    Stance,
    State,
)

TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "S")) | st.sampled_from("0123456789 абвҮөңқ"),
    max_size=200,
)
PHONES = st.from_regex(r"\+996 555 \d{3} \d{3}", fullmatch=True)


def the_mail(title: str, text: str, place: str, contact: str, seen: datetime, language: str) -> Mail:
    """The mail about an advert with this content; everything else is the same each time."""
    posting = Posting(
        sha("advert"), 1, Kind.ADVERT, "osh", "https://b.example/1", title, text, seen, None, {}, seen, seen
    )
    whole = Span(0, len(posting.body), posting.body)
    reading = Reading(
        posting_id=posting.id,
        rev=1,
        engine=Engine("1", "1"),
        languages=("ru",),
        stance=Stance.OFFER,
        indicators=(Indicator("I24", State.PRESENT, (whole,), 4.0),),
        protective=(),
        pay=None,
        places=(Place("AE", place, "destination", whole),),
        contacts=(Contact("phone", contact, contact, None),),
        exploitation=(Exploitation("CRIM.SCAM", 0.9),),
        score=0.9,
        level=Level.URGENT,
        reasons=(Reason("R04", 4.0, text),),
    )
    document = indexer.build(posting, reading, version=1, campaign="c1")
    matches = match([document], [a_watch(query="", name="Hotels")], NOON).matches
    assert len(matches) == 1
    return compose(replace(AIGUL, language=language), gather(matches, {"w1": "Hotels"}, {"c1": 3}, link), SITE, NOON)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, TEXTS, PHONES, st.sampled_from(("en", "ru", "ky")))
def test_eth_19_nothing_an_advert_says_changes_its_mail(
    title: str, text: str, place: str, phone: str, language: str
) -> None:
    empty = the_mail("", "", "", "", NOON, language)
    assert the_mail(title, f"{text} {phone}", place, phone, NOON, language) == empty


@settings(max_examples=30, deadline=None)
@given(st.lists(st.from_regex(r"[а-яөүң]{4,12}[0-9]{1,6}", fullmatch=True), min_size=1, max_size=12), PHONES)
def test_eth_19_no_word_or_digit_of_an_advert_is_in_its_mail(words: list[str], phone: str) -> None:
    mail = the_mail(words[0], " ".join([*words, phone]), words[-1], phone, NOON, "ru")
    headers = "\n".join(f"{name}: {value}" for name, value in mail.headers)
    everything = f"{mail.subject}\n{headers}\n{mail.text}\n{mail.html}".casefold()
    for secret in (*words, phone, re.sub(r"\D", "", phone)):
        assert secret.casefold() not in everything
