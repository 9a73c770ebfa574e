"""What the index knows of one posting, and how it is made from the posting and its reading.

The index holds no way to reach an advertiser (ETH-10): contact spans are masked before anything is
written, and a contact is searched by its keyed link alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import Any

from pydantic_core import to_json as to_json_bytes

from chyrak.records import Posting, Reading, Span, State
from indexer.query.fields import place_key

_MASK = "•••"
_PHONES = re.compile(
    r"\+\s?\d(?:[\s().-]{0,2}\d){8,14}"  # an international number however it is spaced
    r"|(?<!\d)\d{9,15}(?!\d)"  # nine or more digits in one run
    r"|(?<!\d)0\d{2,3}(?:[\s()-]{1,2}\d{2,3}){2,3}(?!\d)"  # a national number in groups
)
_ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Document:
    """One posting as the index holds it.

    `version` rises with every change that a search could see; an engine ignores an older one.
    `exploitation` is ordered by weight, heaviest first; `places` are country codes, `place_names` the
    names as written; `contacts` are keyed links. Times are UTC.
    """

    id: str
    version: int
    source: str
    url: str
    kind: str
    title: str
    text: str
    languages: tuple[str, ...]
    stance: str
    level: int
    score: float
    exploitation: tuple[str, ...]
    indicators: tuple[str, ...]
    places: tuple[str, ...]
    pay_usd_month: float | None
    contacts: tuple[str, ...]
    campaign: str | None
    decision_state: str
    published: datetime | None
    first_seen: datetime
    last_seen: datetime
    gone: bool
    place_names: tuple[str, ...] = ()

    @property
    def dated(self) -> datetime:
        """When it was published, or first seen where the page names no date; sorting and `published:` use it."""
        return (self.published or self.first_seen).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Removal:
    """Takes the document out of the index."""

    id: str
    version: int


def build(
    posting: Posting,
    reading: Reading | None,
    *,
    version: int,
    contact_links: Iterable[str] = (),
    campaign: str | None = None,
    decision_state: str = "open",
) -> Document:
    """The document of `posting` as `reading` saw it (None: not read yet, level 0).

    Contact spans of the reading are replaced by their masked form in title and text, and whatever else
    looks like a phone number or an e-mail address by a mask.
    """
    title, text = _masked(posting, reading)
    places = reading.places if reading else ()
    return Document(
        id=posting.id,
        version=version,
        source=posting.source,
        url=_masked_url(posting.url, reading),
        kind=posting.kind.value,
        title=title,
        text=text,
        languages=reading.languages if reading else (),
        stance=reading.stance.value if reading else "OTHER",
        level=int(reading.level) if reading else 0,
        score=reading.score if reading else 0.0,
        exploitation=_by_weight(reading) if reading else (),
        indicators=_unique(i.id for i in reading.indicators if i.state is State.PRESENT) if reading else (),
        places=_unique(place.country for place in places if place.country),
        pay_usd_month=reading.pay.usd_month if reading and reading.pay else None,
        contacts=_unique(contact_links),
        campaign=campaign,
        decision_state=decision_state,
        published=posting.published_at,
        first_seen=posting.first_seen,
        last_seen=posting.last_seen,
        gone=posting.gone_at is not None,
        place_names=_unique(place.name for place in places if place.name),
    )


def _by_weight(reading: Reading) -> tuple[str, ...]:
    return _unique(e.type for e in sorted(reading.exploitation, key=lambda e: (-e.weight, e.type)))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _masked(posting: Posting, reading: Reading | None) -> tuple[str, str]:
    body, edge = posting.body, len(posting.title)
    title, text = body[:edge], body[edge + 1 :]
    contacts = reading.contacts if reading else ()
    cuts = sorted(((c.span, c.masked or _MASK) for c in contacts if c.span), key=lambda cut: cut[0].start)
    title = _cut(title, _within(cuts, 0, edge))
    text = _cut(text, _within(cuts, edge + 1, len(body)))
    for value in {c.value for c in contacts if len(c.value) >= 5}:  # a second mention the reading did not mark
        title, text = title.replace(value, _MASK), text.replace(value, _MASK)
    return _scrub(title), _scrub(text)


def _within(cuts: list[tuple[Span, str]], start: int, end: int) -> list[tuple[int, int, str]]:
    inside = [(max(s.start, start) - start, min(s.end, end) - start, mask) for s, mask in cuts]
    return [cut for cut in inside if cut[0] < cut[1]]


def _cut(text: str, cuts: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end, mask in cuts:
        if start >= at:
            parts += text[at:start], mask
        at = max(at, end)
    parts.append(text[at:])
    return "".join(parts)


def _scrub(text: str) -> str:
    return _ADDRESSES.sub(_MASK, _PHONES.sub(_MASK, text))


def _masked_url(url: str, reading: Reading | None) -> str:
    """The address without a contact in it (`wa.me/996...`); numbers that are no contact stay, links need them."""
    for contact in reading.contacts if reading else ():
        digits = re.sub(r"\D", "", contact.value)
        if len(digits) >= 7:
            url = url.replace(digits, _MASK)
    return url


def to_json(document: Document) -> bytes:
    """The document as bytes; equal documents give equal ones."""
    return pack(to_fields(document))


def pack(plain: Mapping[str, Any]) -> bytes:
    """Compact JSON. Raises ValueError for a text that is no Unicode."""
    return to_json_bytes(plain)


def to_fields(document: Document) -> dict[str, Any]:
    """What `chyrak.serial.to_plain` gives for a document, several times faster; tuples stay."""
    plain = dict(zip(_NAMES, _VALUES(document), strict=True))
    for name in _TIMES:
        plain[name] = plain[name] and plain[name].isoformat()
    return plain


def from_fields(plain: dict[str, Any]) -> Document:
    """The document that `to_fields` gave `plain` for; `plain` is used up.

    `chyrak.serial.from_plain` gives the same, many times slower: a page of hits is made from this, by the attributes'
    own setters, since the constructor of a frozen class looks each of them up by its name.
    """
    for name in _TUPLES:
        plain[name] = tuple(plain[name])
    for name in _TIMES:
        plain[name] = datetime.fromisoformat(plain[name]) if plain[name] else None
    made = object.__new__(Document)
    for put, value in zip(_SETTERS, _ITEMS(plain), strict=True):
        put(made, value)
    return made


_NAMES = tuple(field.name for field in fields(Document))
_VALUES = attrgetter(*_NAMES)
_ITEMS = itemgetter(*_NAMES)
_SETTERS = tuple(getattr(Document, name).__set__ for name in _NAMES)
_TUPLES = tuple(field.name for field in fields(Document) if str(field.type).startswith("tuple"))
_TIMES = tuple(field.name for field in fields(Document) if str(field.type).startswith("datetime"))


def keywords(document: Document) -> Mapping[str, tuple[str, ...]]:
    """The exact values an engine indexes, by keyword field; the value forms are those of `query.fields`."""
    day = document.dated
    year, week, _ = day.isocalendar()
    written = day.isoformat()
    return {
        "lang": document.languages,
        "place": tuple(p.upper() for p in document.places),
        "place_name": _unique(place_key(name) for name in document.place_names),
        "indicator": document.indicators,
        "type": _unique(part for kind in document.exploitation for part in _with_parents(kind)),
        "source": (document.source,),
        "contact": tuple(link.casefold() for link in document.contacts),
        "campaign": (document.campaign.casefold(),) if document.campaign else (),
        "stance": (document.stance,),
        "decision": (document.decision_state,),
        "kind": (document.kind,),
        "level_key": (str(document.level),),
        "gone": ("yes" if document.gone else "no",),
        "group": (document.campaign or document.id,),
        "month": (written[:7],),
        "week": (f"{year}-W{week:02d}",),
        "day": (written[:10],),
    }


def numbers(document: Document) -> Mapping[str, int | float | None]:
    """The values an engine indexes for ranges; a date counts days from year 1."""
    return {
        "level": document.level,
        "score": float(document.score),
        "pay": None if document.pay_usd_month is None else float(document.pay_usd_month),
        "published": document.dated.toordinal(),
    }


def _with_parents(kind: str) -> tuple[str, ...]:
    head, dot, _ = kind.partition(".")
    return (kind, head) if dot else (kind,)
