"""Erasure on request (ETH-12): the advert goes from every table, and a tombstone stops it from being kept again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from chyrak.errors import WrongUsage
from store import audit, worklist
from store.tables import contact, decision, mail_match, match, posting
from store.tables import tombstone as tombstones
from store.upsert import put


def erase_url(connection: Connection, url: str, *, who: str, reason: str, now: datetime) -> list[str]:
    """Erase every posting at this address; returns their ids. WrongUsage when there is none, or no reason."""
    ids = connection.execute(select(posting.c.id).where(posting.c.url == url)).scalars().all()
    if not ids:
        raise WrongUsage(f"No advert at {url}. Give the address as the advert's page shows it.")
    return _erase(connection, ids, who, reason, now)


def erase_contact(connection: Connection, link: str, *, who: str, reason: str, now: datetime) -> list[str]:
    """Erase every posting that shows the contact with this HMAC link; returns their ids."""
    ids = connection.execute(select(contact.c.posting_id).where(contact.c.link == link)).scalars().all()
    if not ids:
        raise WrongUsage("No advert shows this contact. Check the number, with its country code.")
    return _erase(connection, ids, who, reason, now)


def _erase(connection: Connection, ids: Sequence[str], who: str, reason: str, now: datetime) -> list[str]:
    if not reason.strip():
        raise WrongUsage("An erasure needs a reason: who asked, and when.")
    for posting_id in ids:
        put(connection, tombstones, {"key": posting_id}, {"index_version": 0, "at": now})
        audit.append(connection, who, "erase", posting_id, {"reason": reason}, now)
    mine = select(match.c.id).where(match.c.posting_id.in_(ids))
    connection.execute(delete(mail_match).where(mail_match.c.match_id.in_(mine)))
    connection.execute(delete(match).where(match.c.posting_id.in_(ids)))
    connection.execute(delete(decision).where(decision.c.posting_id.in_(ids)))
    connection.execute(delete(posting).where(posting.c.id.in_(ids)))
    worklist.add(connection, "sync", ids, now)
    return list(ids)
