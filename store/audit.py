"""Who saw, revealed, decided, exported, searched: an append-only chain in which each link covers the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from chyrak.records import AuditEvent
from store.tables import audit_event

FIRST = "0" * 64


def append(
    connection: Connection, who: str, action: str, subject: str, details: Mapping[str, Any], now: datetime
) -> AuditEvent:
    """Add one event. The write lock (SQLite) or a table lock (PostgreSQL) keeps two writers from forking the chain."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE audit_event IN EXCLUSIVE MODE")
    last = connection.execute(select(audit_event).order_by(audit_event.c.number.desc()).limit(1)).one_or_none()
    number, previous = (last.number + 1, last.digest) if last else (1, FIRST)
    row = {
        "number": number,
        "at": now.isoformat(),
        "who": who,
        "action": action,
        "subject": subject,
        "details": json.dumps(details, ensure_ascii=False, sort_keys=True),
        "previous": previous,
    }
    row["digest"] = _digest(row)
    connection.execute(insert(audit_event).values(**row))
    return AuditEvent(number, now, who, action, subject, dict(details), previous, str(row["digest"]))


def verify(connection: Connection) -> list[str]:
    """What is wrong with the chain, first link first; empty when it is whole."""
    problems: list[str] = []
    previous = FIRST
    expected = 1
    for row in connection.execute(select(audit_event).order_by(audit_event.c.number)):
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
    return problems


def tail(connection: Connection, limit: int, before: int | None = None) -> list[AuditEvent]:
    """The newest events, newest first."""
    query = select(audit_event).order_by(audit_event.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_event.c.number < before)
    return [_event(row) for row in connection.execute(query)]


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
    return hashlib.sha256(json.dumps(link, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
