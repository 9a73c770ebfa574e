"""A plain text into a posting, and a reading into the line `chyrak read` prints."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from chyrak.records import Kind, Posting, Reading, Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_posting(
    id: str,  # noqa: A002 - the field's name in the line
    text: str,
    title: str = "",
    url: str = "",
    source: str = "",
    published: datetime | None = None,
) -> Posting:
    """A posting for a text that came from no crawl; `id` may be empty, then it is made from the content."""
    name = id or hashlib.sha256(f"{source}\n{title}\n{text}".encode(errors="surrogatepass")).hexdigest()
    seen = published or _EPOCH
    return Posting(name, 1, Kind.ADVERT, source, url, title, text, published, None, {}, seen, seen)


def as_line(reading: Reading) -> dict[str, Any]:
    """The reading as one JSON-ready object, the contract of `chyrak read`; contacts only masked."""
    return {
        "id": reading.posting_id,
        "languages": list(reading.languages),
        "stance": reading.stance.value,
        "level": int(reading.level),
        "score": reading.score,
        "exploitation": [{"type": item.type, "weight": item.weight} for item in reading.exploitation],
        "indicators": [
            {"id": item.id, "state": item.state.value, "spans": _spans(item.spans)} for item in reading.indicators
        ],
        "protective": [{"id": cue.id, "spans": _spans(cue.spans)} for cue in reading.protective],
        "pay": _pay(reading),
        "places": [
            {"country": place.country, "name": place.name, "role": place.role, "span": _span(place.span)}
            for place in reading.places
        ],
        "contacts": [{"kind": contact.kind, "masked": contact.masked} for contact in reading.contacts],
        "reasons": [
            {"model" if reason.by == "model" else "rule": reason.by, "adds": reason.adds, "says": reason.says}
            for reason in reading.reasons
        ],
        "engine": {"rules": reading.engine.rules, "model": reading.engine.model},
    }


def _pay(reading: Reading) -> dict[str, Any] | None:
    pay = reading.pay
    if pay is None:
        return None
    return {
        "minimum": pay.minimum,
        "maximum": pay.maximum,
        "currency": pay.currency,
        "period": pay.period,
        "basis": pay.basis,
        "usd_month": pay.usd_month,
        "confidence": pay.confidence,
        "span": _span(pay.span),
    }


def _spans(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [_span(span) for span in spans]


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}
