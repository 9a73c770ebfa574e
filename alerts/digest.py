"""Composes one digest for one person: why each item is there, and nothing of the advert itself (ETH-19)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_skeleton
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.gather import DigestItem
from alerts.helplines import HelpLine
from alerts.wording import Wording, wording
from chyrak.errors import AskOperator, WrongUsage
from chyrak.records import Level, Mail
from chyrak.taxonomy import LANGUAGES, exploitation_name, level_name, read_within_hours

SHORT_ID = 10
NON_PUNISHMENT_TYPES = ("CRIM", "CONF")
"""Types whose recruits must be shown as people to be protected (ETH-31)."""

_WATCHES_PATH = "/watches"
_LONGEST_NAME = 80
# A watch is named by a colleague, who may have named it after the number or handle that is being followed (ETH-19).
_CONTACT = re.compile(r"https?://\S+|\S*@\S+|\+?\d(?:[\s().-]*\d){4,}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a digest. `name` may be empty; `timezone` is an IANA name, such as Asia/Bishkek."""

    name: str
    email: str
    language: str
    timezone: str


def compose(
    recipient: Recipient,
    items: Sequence[DigestItem],
    base_url: str,
    now: datetime,
    help_lines: Sequence[HelpLine] = (),
    *,
    demo: bool = False,
) -> Mail:
    """The digest of `items` for `recipient`, in their language and time zone.

    The same person and the same matches give the same Message-ID whatever the time and the order, so that a repeat
    after a crash is seen as one. `base_url` is the address of the review pages, such as https://chyrak.example;
    `help_lines` stand with the steps for level 4; `demo` says at the top that everything is made up.
    Raises WrongUsage for no items or a base url that is none, AskOperator for an unknown time zone.
    """
    if not items:
        raise WrongUsage("A digest needs at least one item. Call compose only for a person with something to read.")
    site = urlsplit(base_url)
    if site.scheme not in ("http", "https") or not site.hostname:
        raise WrongUsage(f"{base_url!r} is no web address. Set web.public_url to where people open the review pages.")
    match_ids = tuple(sorted({match.id for item in items for match in item.matches}))
    digest = _digest(recipient, match_ids)
    words = wording(recipient.language)
    urgent = any(item.level >= Level.URGENT for item in items)
    change_url = base_url.rstrip("/") + _WATCHES_PATH
    view = _view(recipient, items, words, now, change_url, help_lines)
    view["demo"] = words.words.demo if demo else ""
    headers = [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("List-Unsubscribe", f"<{change_url}>"),
        ("Content-Language", words.language),
        ("X-Chyrak-Digest", digest),
    ]
    if urgent:
        headers.append(("Importance", "high"))
    return Mail(
        message_id=f"<{digest}@{_domain(site.hostname)}>",
        recipient=recipient.email,
        subject=words.count(words.subject, len(items)),
        text=_templates().get_template("digest.txt.j2").render(view),
        html=_templates().get_template("digest.html.j2").render(view),
        language=words.language,
        match_ids=match_ids,
        headers=tuple(headers),
    )


def short_id(posting_id: str) -> str:
    """The part of an advert's id that people read out to each other."""
    return posting_id[:SHORT_ID]


@dataclass(frozen=True, slots=True)
class _ItemView:
    id: str
    level: int
    level_line: str
    deadline: str
    points_to: str
    because: str
    reposts: str
    non_punishment: bool
    link: str


def _view(
    recipient: Recipient,
    items: Sequence[DigestItem],
    words: Wording,
    now: datetime,
    change_url: str,
    help_lines: Sequence[HelpLine],
) -> dict[str, object]:
    zone = _zone(recipient.timezone)
    name = _quiet(recipient.name)
    urgent = any(item.level >= Level.URGENT for item in items)
    lines = words.steps.lines_below if help_lines else words.steps.lines_own
    within = words.count(words.within, read_within_hours(Level.URGENT))
    return {
        "language": words.language,
        "words": words.words,
        "greeting": words.words.greeting.format(name=name) if name else words.words.greeting_nameless,
        "subject": words.count(words.subject, len(items)),
        "intro": words.count(words.intro, len(items)),
        "summary": words.words.summary.format(levels=_by_level(items, words)),
        "items": [_item_view(item, words, now, zone) for item in items],
        "steps": [step.format(within=within, lines=lines) for step in words.steps.urgent] if urgent else [],
        "help_lines": [_help_line(line, words) for line in help_lines] if urgent else [],
        "change_url": change_url,
    }


def _item_view(item: DigestItem, words: Wording, now: datetime, zone: ZoneInfo) -> _ItemView:
    spoken = _taxonomy_language(words)
    types = [exploitation_name(type_id, spoken) for type_id in item.exploitation]
    names = ", ".join(f"«{_quiet(name)}»" if spoken != "en" else f'"{_quiet(name)}"' for name in item.watch_names)
    return _ItemView(
        id=words.words.item.format(id=short_id(item.posting_id)),
        level=int(item.level),
        level_line=words.words.level_value.format(word=level_name(item.level, spoken), number=int(item.level)),
        deadline=_deadline(item, words, now, zone),
        points_to="; ".join(types) or words.words.points_to_nothing,
        because=words.words.because_value.format(watches=names),
        reposts=words.count(words.reposts, item.campaign_size)
        if item.campaign_size > 1
        else words.words.reposts_single,
        non_punishment=any(type_id.split(".")[0] in NON_PUNISHMENT_TYPES for type_id in item.exploitation),
        link=item.link,
    )


def _deadline(item: DigestItem, words: Wording, now: datetime, zone: ZoneInfo) -> str:
    if item.level < Level.HIGH:
        return ""
    by = item.found_at + timedelta(hours=read_within_hours(item.level))
    if by <= now:
        return words.words.read_now
    language = words.language
    return words.words.read_by_value.format(
        date=format_skeleton("MMMMd", by, zone, locale=language),
        time=format_skeleton("Hm", by, zone, locale=language),
        zone=zone.key,
    )


def _by_level(items: Sequence[DigestItem], words: Wording) -> str:
    counts = Counter(int(item.level) for item in items)
    spoken = _taxonomy_language(words)
    return ", ".join(f"{level_name(level, spoken)}: {counts[level]}" for level in sorted(counts, reverse=True))


def _help_line(line: HelpLine, words: Wording) -> str:
    country = Locale.parse(words.language).territories.get(line.country, line.country)
    checked = format_date(line.verified_on, "long", locale=words.language)
    return words.words.help_line.format(country=country, name=line.name, phone=line.phone, date=checked)


def _digest(recipient: Recipient, match_ids: Sequence[str]) -> str:
    content = "\n".join((recipient.email.casefold(), *match_ids))
    return hashlib.sha256(content.encode()).hexdigest()[:40]


def _domain(host: str) -> str:
    return f"[IPv6:{host}]" if ":" in host else host


def _quiet(name: str) -> str:
    """A name people typed, on one line, cut to a readable length and without anything one could call or write to."""
    plain = _CONTACT.sub("…", " ".join(name.split()))
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + "…"


def _taxonomy_language(words: Wording) -> str:
    return words.language if words.language in LANGUAGES else "en"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise AskOperator(
            f"{name!r} is no time zone. Write an IANA name, such as Asia/Bishkek, in timezone."
        ) from fault


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("alerts", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
