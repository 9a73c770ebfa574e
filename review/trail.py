"""Writes the audit events of the pages: who saw, searched, revealed, decided (ETH-14)."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from sqlalchemy import Connection

import store.audit
from review.office import office


def note(action: str, subject: str = "", **details: Any) -> None:
    """Append an event by the person of this request, in a transaction of its own."""
    with office().store.main.begin() as c:
        note_in(c, action, subject, **details)


def note_in(c: Connection, action: str, subject: str = "", **details: Any) -> None:
    """Append an event within the caller's transaction."""
    store.audit.append(c, current_user.name, action, subject, details, office().now())
