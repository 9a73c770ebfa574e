"""Records survive the way to plain values and back, and a contact's raw value does not."""

from __future__ import annotations

from datetime import UTC, datetime

from chyrak.records import Contact, Engine, Indicator, Level, Reading, Span, Stance, State
from chyrak.serial import from_plain, to_plain


def _reading() -> Reading:
    span = Span(0, 3, "+99")
    return Reading(
        posting_id="p",
        rev=1,
        engine=Engine("r", "m"),
        languages=("ru",),
        stance=Stance.OFFER,
        indicators=(Indicator("I24", State.PRESENT, (span,), 4.0),),
        protective=(),
        pay=None,
        places=(),
        contacts=(Contact("phone", "+996555000101", "+996 *** 01", span),),
        exploitation=(),
        score=0.5,
        level=Level.HIGH,
        reasons=(),
    )


def test_a_reading_comes_back_the_same_but_for_raw_contacts():
    plain = to_plain(_reading())
    back = from_plain(Reading, plain)
    assert back.indicators == _reading().indicators
    assert back.level is Level.HIGH
    assert back.contacts[0].masked == "+996 *** 01"


def test_eth_10_a_plain_reading_holds_no_raw_contact():
    assert "996555000101" not in repr(to_plain(_reading()))
    assert "996555000101" not in repr(_reading())


def test_times_are_written_with_their_zone():
    assert to_plain(datetime(2026, 11, 25, tzinfo=UTC)) == "2026-11-25T00:00:00+00:00"
