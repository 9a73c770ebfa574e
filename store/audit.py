"""Who saw, revealed, decided, exported, searched: an append-only chain in which each link covers the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from chyrak.records import AuditEvent
from store.tables import audit_event, audit_head
from store.upsert import new_row

FIRST = "0" * 64
_HEAD = 1
_READ_HEAD = select(audit_head.c.number, audit_head.c.digest).where(audit_head.c.id == _HEAD).with_for_update()
_ADD = insert(audit_event)
_MOVE_HEAD = (
    update(audit_head).where(audit_head.c.id == _HEAD).values(number=bindparam("last"), digest=bindparam("link"))
)


def append(
    connection: Connection, who: str, action: str, subject: str, details: Mapping[str, Any], now: datetime
) -> AuditEvent:
    """Add one event, in the transaction of what it tells of. `details` must be JSON and hold no raw contact.

    The head row is locked until the transaction ends, so two writers follow each other and never fork the chain.
    """
    number, previous = _lock_head(connection)
    row = {
        "number": number + 1,
        "at": now.astimezone(UTC).isoformat(),
        "who": who,
        "action": action,
        "subject": subject,
        "details": _canonical(dict(details)),
        "previous": previous,
    }
    row["digest"] = _digest(row)
    connection.execute(_ADD, row)
    connection.execute(_MOVE_HEAD, {"last": row["number"], "link": row["digest"]})
    return AuditEvent(number + 1, now, who, action, subject, dict(details), previous, str(row["digest"]))


def verify(connection: Connection) -> list[str]:
    """What is wrong with the chain, first broken link first; empty when it is whole."""
    problems: list[str] = []
    previous = FIRST
    expected = 1
    query = select(audit_event).order_by(audit_event.c.number).execution_options(yield_per=1000)
    for row in connection.execute(query):
        link = {key: value for key, value in row._mapping.items() if key != "digest"}
        if row.number != expected:
            problems.append(f"event {expected} is missing: the next one is {row.number}")
            expected = row.number
        if row.previous != previous:
            problems.append(f"event {row.number} does not follow the one before it")
        if _digest(link) != row.digest:
            problems.append(f"event {row.number} was altered after it was written")
        previous = row.digest
        expected += 1
    head = connection.execute(select(audit_head).where(audit_head.c.id == _HEAD)).one_or_none()
    if (head.number, head.digest) != (expected - 1, previous) if head else expected > 1:
        stands = head.number if head else 0
        problems.append(f"the chain ends at event {expected - 1}, but event {stands} was the last one written")
    return problems


def tail(
    connection: Connection,
    limit: int,
    before: int | None = None,
    *,
    who: str | None = None,
    action: str | None = None,
    subject: str | None = None,
) -> list[AuditEvent]:
    """The newest events, newest first; `before` continues a list, the others keep one person, action or subject."""
    query = select(audit_event).order_by(audit_event.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_event.c.number < before)
    for column, value in ((audit_event.c.who, who), (audit_event.c.action, action), (audit_event.c.subject, subject)):
        if value is not None:
            query = query.where(column == value)
    return [_event(row) for row in connection.execute(query)]


def _lock_head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(_READ_HEAD).one_or_none()
    if row is None:
        first = {"id": _HEAD, "number": 0, "digest": FIRST}
        connection.execute(new_row(connection.dialect.name, audit_head, "id"), first)
        row = connection.execute(_READ_HEAD).one()
    return row.number, row.digest


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(
        row.number,
        datetime.fromisoformat(row.at),
        row.who,
        row.action,
        row.subject,
        json.loads(row.details),
        row.previous,
        row.digest,
    )


def _digest(link: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(link).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
