"""Invented matches, watches, people and mails for the alert tests."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.digest import Recipient
from chyrak.records import Mail, Match, Watch

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SITE = "https://chyrak.example"
AIGUL = Recipient("Айгүл", "aigul@ngo.example", "en", "Asia/Bishkek")


def sha(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def a_match(
    watch: str = "w1",
    advert: str = "dishwasher",
    level: int = 2,
    *,
    exploitation: tuple[str, ...] = ("LAB.HOSP",),
    campaign: str | None = None,
    at: datetime = NOON,
) -> Match:
    return Match(sha(watch, advert, level), watch, sha(advert), 1, level, exploitation, campaign, at, state="released")


def a_watch(identity: str = "w1", **changes: object) -> Watch:
    base = Watch(
        id=identity,
        name=f"watch {identity}",
        query="work",
        min_level=2,
        recipients=("aigul@ngo.example",),
        rhythm="at_once",
        owner="bakyt",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def link(match: Match) -> str:
    return f"{SITE}/posting/{match.posting_id}"


def a_mail(recipient: str = "aigul@ngo.example", number: int = 1) -> Mail:
    return Mail(
        message_id=f"<{sha(recipient, number)[:40]}@chyrak.example>",
        recipient=recipient,
        subject=f"Chyrak: {number} новая запись",
        text="Строка один\n.строка с точки\nFrom a line that begins like a mailbox's own\n" + "длинно " * 300 + "\n",
        html="<p>Строка один</p>\n",
        language="ru",
        match_ids=(sha(number),),
        headers=(
            ("Auto-Submitted", "auto-generated"),
            ("List-Unsubscribe", f"<https://{'a-long-name.' * 9}example/watches>"),
            ("X-Chyrak-Digest", sha(number)[:40]),
        ),
    )


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
