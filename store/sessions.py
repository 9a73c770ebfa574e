"""Sessions and one-time login links; only hashes of their tokens are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from store.tables import login_link, session
from store.upsert import put


def load(connection: Connection, token: str, now: datetime) -> dict[str, Any] | None:
    """What the session holds, or None when there is none or it is over."""
    query = select(session.c.data).where(session.c.token_hash == _hash(token), session.c.expires > now)
    data: dict[str, Any] | None = connection.execute(query).scalar_one_or_none()
    return data


def save(
    connection: Connection, token: str | None, data: Mapping[str, Any], *, person_id: str | None, expires: datetime
) -> str:
    """Keep a session and return its token: a new one when `token` is None. Sessions that are long over go."""
    token = token or secrets.token_urlsafe(32)
    put(
        connection,
        session,
        {"token_hash": _hash(token)},
        {"person_id": person_id, "data": dict(data), "expires": expires},
    )
    connection.execute(delete(session).where(session.c.expires < expires - timedelta(days=1)))
    return token


def drop(connection: Connection, token: str) -> None:
    """End one session."""
    connection.execute(delete(session).where(session.c.token_hash == _hash(token)))


def drop_all_of(connection: Connection, person_id: str) -> int:
    """End every session of a person; returns how many."""
    return connection.execute(delete(session).where(session.c.person_id == person_id)).rowcount


def make_link(connection: Connection, person_id: str, now: datetime, minutes: int = 30) -> str:
    """The token of a new one-time login link."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": _hash(token), "person_id": person_id, "expires": now + timedelta(minutes=minutes)}
    connection.execute(insert(login_link).values(row))
    return token


def use_link(connection: Connection, token: str, now: datetime) -> str | None:
    """The person a link belongs to, once; None when it was used, is over or never was."""
    taken = delete(login_link).where(login_link.c.token_hash == _hash(token))
    row = connection.execute(taken.returning(login_link.c.person_id, login_link.c.expires)).one_or_none()
    return row.person_id if row and row.expires > now else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
