"""What flows through Chyrak: frozen dataclasses, one per thing, each field written once.

Times are timezone-aware UTC. Offsets count code points of `title + "\\n" + text` (see `Posting.body`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class Level(IntEnum):
    """How soon a person should read an advert; never a verdict (domain rules 1.5)."""

    NONE = 0
    WATCH = 1
    ELEVATED = 2
    HIGH = 3
    URGENT = 4


FLAGGED_FROM = Level.ELEVATED
"""An advert is flagged, that is put before reviewers, from this level on."""


class Kind(StrEnum):
    """What sort of text a posting is."""

    ADVERT = "advert"
    ARTICLE = "article"
    MESSAGE = "message"
    OTHER = "other"


class Stance(StrEnum):
    """Who is speaking: only OFFER and SERVICE are ever scored (stance gate)."""

    OFFER = "OFFER"
    SEEK = "SEEK"
    WARN = "WARN"
    NEWS = "NEWS"
    SERVICE = "SERVICE"
    DISCUSS = "DISCUSS"
    OTHER = "OTHER"


class State(StrEnum):
    """The three values of an indicator; `NOT_STATED` is a finding of its own, not a gap."""

    PRESENT = "present"
    DENIED = "denied"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP answer as received; the body's bytes stand in the archive at `archive_ref`.

    `archive_ref` is `<warc file name>:<offset of the response record>`.
    """

    source: str
    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body_sha256: str
    fetched_at: datetime
    archive_ref: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One posting as a page showed it, before the store has said whether it is new, changed or the same."""

    source: str
    url: str
    kind: Kind
    title: str
    text: str
    seen_at: datetime
    published_at: datetime | None = None
    lang_hint: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    archive_ref: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A published text and one revision of it; `rev` counts from 1 and rises only when the body changes.

    `id` is the hex SHA-256 of source and canonical url, or of the content where there is no stable url.
    """

    id: str
    rev: int
    kind: Kind
    source: str
    url: str
    title: str
    text: str
    published_at: datetime | None
    lang_hint: str | None
    fields: Mapping[str, str]
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None = None

    @property
    def body(self) -> str:
        """The text all offsets refer to."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the ORIGINAL body, `start <= i < end`, in code points of title + newline + text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of I01-I40 or a meta-indicator; every PRESENT or DENIED state carries its evidence."""

    id: str
    state: State
    spans: tuple[Span, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Protective:
    """One of P01-P11 with its evidence."""

    id: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Pay:
    """A pay promise in one normal form.

    `minimum` and `maximum` are in `currency` (ISO 4217) per `period` (hour, shift, day, week, month,
    season, contract, unknown). `usd_month` is None when the period or the currency is unknown.
    """

    minimum: float | None
    maximum: float | None
    currency: str | None
    period: str
    basis: str
    usd_month: float | None
    confidence: float
    span: Span


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in the text: `country` is ISO 3166-1 alpha-2, `role` destination, origin, transit or named."""

    country: str
    name: str
    role: str
    span: Span


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach the advertiser. `value` is the raw normal form: it may go to the vault and nowhere else."""

    kind: str
    value: str = field(repr=False)
    masked: str = ""
    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Exploitation:
    """A type of the taxonomy that the indicators point to, with a weight in 0..1."""

    type: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the explanation: which rule, dimension or model added how much, and what it says."""

    by: str
    adds: float
    says: str


@dataclass(frozen=True, slots=True)
class Engine:
    """Which rules and which model made a reading; the same engine on the same text reads the same."""

    rules: str
    model: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pipeline read in one revision of one posting.

    `score` is the calibrated probability that a reviewer would want to see the advert.
    """

    posting_id: str
    rev: int
    engine: Engine
    languages: tuple[str, ...]
    stance: Stance
    indicators: tuple[Indicator, ...]
    protective: tuple[Protective, ...]
    pay: Pay | None
    places: tuple[Place, ...]
    contacts: tuple[Contact, ...]
    exploitation: tuple[Exploitation, ...]
    score: float
    level: Level
    reasons: tuple[Reason, ...]

    @property
    def flagged(self) -> bool:
        """Whether reviewers should see it (level >= 2)."""
        return self.level >= FLAGGED_FROM


@dataclass(frozen=True, slots=True)
class Campaign:
    """A group of near-identical or contact-linked postings, shown as a template and its varying slots."""

    id: str
    members: tuple[str, ...]
    template: str
    slots: tuple[tuple[str, ...], ...]
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved search with the people it writes to. `query` is text of the search language.

    `rhythm` is at_once, hourly, daily or weekly; `quiet_from` and `quiet_to` are hours of the
    recipient's day between which no mail is sent (both None: no quiet hours).
    """

    id: str
    name: str
    query: str
    min_level: int
    recipients: tuple[str, ...]
    rhythm: str
    owner: str
    exploitation: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    quiet_from: int | None = None
    quiet_to: int | None = None
    most_a_day: int = 20
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A watch met a posting. It stays `candidate` until a named person's decision releases it (ETH-02)."""

    id: str
    watch_id: str
    posting_id: str
    rev: int
    level: int
    exploitation: tuple[str, ...]
    campaign_id: str | None
    matched_at: datetime
    state: str = "candidate"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to be sent. `message_id` is derived from the person and the digest, so a repeat is seen."""

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    match_ids: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel answered when it took the mail."""

    channel: str
    message_id: str
    accepted_at: datetime
    answer: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A named reviewer's word on one revision of an advert: a risk opinion, never a finding (ETH-38)."""

    posting_id: str
    rev: int
    reviewer: str
    outcome: str
    note: str
    decided_at: datetime
    release: bool = False


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One link of the audit chain: `digest` covers every other field and the digest before it."""

    number: int
    at: datetime
    who: str
    action: str
    subject: str
    details: Mapping[str, Any]
    previous: str
    digest: str
