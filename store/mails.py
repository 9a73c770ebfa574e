"""The mail ledger: a row `sending` before SMTP is spoken to, closed after; a match goes to a person once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from chyrak.errors import RetryLater, WrongUsage
from chyrak.records import Mail, Receipt
from chyrak.serial import from_plain, to_plain
from store.tables import mail, mail_match, match
from store.upsert import insert

MOST_ATTEMPTS = 10
LEASE = timedelta(minutes=10)
"""How long a process may take over one mail before another one may try; longer than any channel's timeout."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One mail: `state` is sending, sent, or failed (waits for a person)."""

    message_id: str
    recipient: str
    subject: str
    language: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    attempts: int
    answer: str | None
    matches: int


def open_mail(connection: Connection, value: Mail, now: datetime) -> None:
    """Bind the matches to this mail before it is sent.

    Raises WrongUsage for a match that no person released (ETH-02), RetryLater when a match is bound to another mail
    to this person or the same mail is open: another process was quicker, and it is composed anew from what is left.
    """
    wanted = set(value.match_ids)
    out = (match.c.id.in_(wanted), match.c.state == "released", match.c.decision_id.is_not(None))
    missing = wanted - set(connection.execute(select(match.c.id).where(*out)).scalars())
    if missing or not wanted:
        raise WrongUsage(f"Mail {value.message_id} may not be sent: not released by a person: {sorted(missing)}.")
    row = {
        "message_id": value.message_id,
        "recipient": value.recipient,
        "language": value.language,
        "subject": value.subject,
        "body": to_plain(value),
        "state": "sending",
        "opened_at": now,
        "due": now,
        "attempts": 0,
    }
    new = insert(connection, mail).values(row).on_conflict_do_nothing().returning(mail.c.message_id)
    opened = connection.execute(new).first() is not None
    bound = [
        {"recipient": value.recipient, "match_id": match_id, "message_id": value.message_id}
        for match_id in sorted(wanted)
    ]
    binding = insert(connection, mail_match).on_conflict_do_nothing().returning(mail_match.c.match_id)
    if not opened or len(connection.execute(binding, bound).all()) < len(bound):
        raise RetryLater(f"Mail {value.message_id} or a part of it is in another mail already. Compose it anew.")


def unsent(connection: Connection, now: datetime) -> list[Mail]:
    """Mails that are `sending` and due: new ones, ones to be tried again, and ones an earlier process left open."""
    return [from_plain(Mail, body) for body in connection.execute(_due(now).with_only_columns(mail.c.body)).scalars()]


def claim(connection: Connection, now: datetime) -> Mail | None:
    """The oldest mail that is due, held for this process for LEASE; None when there is none.

    Two processes never hold one mail. One that died with it leaves it due again when the lease is over.
    """
    mine = _due(now).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(mine).one_or_none()
    if row is None:
        return None
    connection.execute(update(mail).where(mail.c.message_id == row.message_id).values(due=now + LEASE))
    return from_plain(Mail, row.body)


def give_back(connection: Connection, message_id: str, error: str, now: datetime) -> None:
    """Put a claimed mail back as it was, with the reason why none can leave; it costs no attempt."""
    connection.execute(update(mail).where(mail.c.message_id == message_id).values(due=now, answer=error))


def release_all(connection: Connection, now: datetime) -> int:
    """Let mails that a process held when it died be sent at once; only when no other process can be sending."""
    held = (mail.c.state == "sending", mail.c.attempts == 0, mail.c.due > now)
    return connection.execute(update(mail).where(*held).values(due=now)).rowcount


def hurry(connection: Connection, now: datetime) -> int:
    """Let every mail that is not sent yet be tried at once, the held and the turned away; returns how many.

    Only when no other process can be sending, and for a pass that somebody asked for: it is not followed by another
    one, and what kept the relay from taking a mail may have been mended since. Attempts go on counting.
    """
    waiting = (mail.c.state == "sending", mail.c.due > now)
    return connection.execute(update(mail).where(*waiting).values(due=now)).rowcount


def stuck(connection: Connection, before: datetime) -> list[LedgerRow]:
    """Mails still `sending` that were opened before this moment, oldest first: refused for now, or left by a death.

    One left by a death may have reached the relay; it is sent again under the same Message-ID, never as a second mail.
    """
    return [
        _row(row) for row in connection.execute(_rows().where(mail.c.state == "sending", mail.c.opened_at < before))
    ]


def close(connection: Connection, receipt: Receipt) -> None:
    """Note that the channel took the mail."""
    values = {
        "state": "sent",
        "closed_at": receipt.accepted_at,
        "channel": receipt.channel,
        "answer": receipt.answer,
        "attempts": mail.c.attempts + 1,
    }
    connection.execute(update(mail).where(mail.c.message_id == receipt.message_id).values(values))


def try_later(connection: Connection, message_id: str, error: str, now: datetime) -> bool:
    """Put the mail back with a growing pause; after the last attempt it is failed, and True is returned."""
    row = connection.execute(select(mail.c.attempts).where(mail.c.message_id == message_id)).one()
    attempts = row.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        fail(connection, message_id, error, now)
        return True
    pause = timedelta(seconds=min(30 * 2**attempts, 3600))
    values = {"attempts": attempts, "answer": error, "due": now + pause}
    connection.execute(update(mail).where(mail.c.message_id == message_id).values(values))
    return False


def fail(connection: Connection, message_id: str, error: str, now: datetime) -> None:
    """Set the mail aside for a person."""
    values = {"state": "failed", "answer": error, "closed_at": now, "attempts": mail.c.attempts + 1}
    connection.execute(update(mail).where(mail.c.message_id == message_id).values(values))


def retry(connection: Connection, now: datetime) -> int:
    """Give failed mails another life; returns how many."""
    values = {"state": "sending", "attempts": 0, "due": now, "closed_at": None}
    return connection.execute(update(mail).where(mail.c.state == "failed").values(values)).rowcount


def sent_since(connection: Connection, recipient: str, since: datetime) -> int:
    """How many mails this person was sent, or is being sent, since then (the daily cap counts them)."""
    mine = (mail.c.recipient == recipient, mail.c.opened_at >= since, mail.c.state != "failed")
    return connection.execute(select(func.count()).select_from(mail).where(*mine)).scalar_one()


def last_by_watch(connection: Connection, recipient: str) -> Mapping[str, datetime]:
    """When each watch last wrote to this person."""
    query = (
        select(match.c.watch_id, func.max(mail.c.opened_at, type_=mail.c.opened_at.type))
        .join(mail_match, mail_match.c.match_id == match.c.id)
        .join(mail, mail.c.message_id == mail_match.c.message_id)
        .where(mail_match.c.recipient == recipient)
        .group_by(match.c.watch_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def ledger(connection: Connection, limit: int) -> list[LedgerRow]:
    """The newest mails, newest first."""
    query = _rows().order_by(None).order_by(mail.c.opened_at.desc(), mail.c.message_id).limit(limit)
    return [_row(row) for row in connection.execute(query)]


def count(connection: Connection) -> int:
    """How many mails were sent."""
    return connection.execute(select(func.count()).select_from(mail).where(mail.c.state == "sent")).scalar_one()


def _due(now: datetime) -> Select[Any]:
    return (
        select(mail).where(mail.c.state == "sending", mail.c.due <= now).order_by(mail.c.opened_at, mail.c.message_id)
    )


def _rows() -> Select[Any]:
    bound = select(func.count()).where(mail_match.c.message_id == mail.c.message_id).scalar_subquery()
    return select(mail, bound.label("matches")).order_by(mail.c.opened_at, mail.c.message_id)


def _row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(
        row.message_id,
        row.recipient,
        row.subject,
        row.language,
        row.state,
        row.opened_at,
        row.closed_at,
        row.attempts,
        row.answer,
        row.matches,
    )
