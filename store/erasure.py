"""Erasure on request (ETH-12): the advert goes from every table, and a tombstone stops it from being kept again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from chyrak.errors import WrongUsage
from store import audit, campaigns, locks, postings, worklist
from store.tables import contact, decision, mail_match, match, posting, tombstone
from store.upsert import insert

CONTACT = "contact:"
_BURIED = select(tombstone.c.key).where(tombstone.c.key.in_(bindparam("names", expanding=True)))


def erase_url(
    connection: Connection, url: str, *, who: str, reason: str, now: datetime, unseen_too: bool = False
) -> list[str]:
    """Erase every posting at this address, of any source; returns their ids. The address is never kept again.

    Raises WrongUsage without a reason, or when there is no such posting; `unseen_too` lets an address be shut out
    that was never read.
    """
    ids = postings.at_url(connection, url)
    if not ids and not unseen_too:
        raise WrongUsage(f"No advert at {url}. Give the address as the advert's page shows it.")
    return _erase(connection, ids, postings.url_key(url), who, reason, now)


def erase_contact(
    connection: Connection, link: str, *, who: str, reason: str, now: datetime, unseen_too: bool = False
) -> list[str]:
    """Erase every posting that shows the contact with this HMAC link; returns their ids.

    An advert that shows the contact later is erased as soon as it is read. Raises as `erase_url` does.
    """
    ids = showing(connection, link)
    if not ids and not unseen_too:
        raise WrongUsage("No advert shows this contact. Check the number, with its country code.")
    return _erase(connection, ids, CONTACT + link, who, reason, now)


def showing(connection: Connection, link: str) -> list[str]:
    """The ids of the postings that show the contact with this HMAC link."""
    query = select(contact.c.posting_id).where(contact.c.link == link).distinct().order_by(contact.c.posting_id)
    return list(connection.execute(query).scalars())


def buried(connection: Connection, links: Iterable[str]) -> bool:
    """Whether a contact with one of these HMAC links was erased on request."""
    names = [CONTACT + link for link in links]
    return bool(names) and connection.execute(_BURIED, {"names": names}).first() is not None


def erase_again(connection: Connection, posting_id: str, links: Iterable[str], now: datetime) -> bool:
    """Erase a posting that shows a contact erased earlier; returns whether it does."""
    if not buried(connection, links):
        return False
    _erase(connection, [posting_id], None, "chyrak", "it shows a contact that was erased earlier", now)
    return True


def _erase(
    connection: Connection, ids: Sequence[str], name: str | None, who: str, reason: str, now: datetime
) -> list[str]:
    if not reason.strip():
        raise WrongUsage("An erasure needs a reason: who asked, and when.")
    locks.hold(connection, locks.ERASE)
    if name is not None:
        _bury(connection, name, 0, now)
    versions = postings.index_versions(connection, ids)
    grouped = campaigns.of(connection, ids)
    mine = select(match.c.id).where(match.c.posting_id.in_(ids))
    connection.execute(delete(mail_match).where(mail_match.c.match_id.in_(mine)))
    connection.execute(delete(match).where(match.c.posting_id.in_(ids)))
    connection.execute(delete(decision).where(decision.c.posting_id.in_(ids)))
    connection.execute(delete(posting).where(posting.c.id.in_(ids)))
    for posting_id in ids:
        _bury(connection, posting_id, versions[posting_id] + 1, now)
        audit.append(connection, who, "erase", posting_id, {"reason": reason}, now)
    if not ids:
        audit.append(connection, who, "erase", name or "", {"reason": reason}, now)
    worklist.drop(connection, ids)
    worklist.add(connection, "sync", ids, now)
    for campaign_id in sorted(set(grouped.values())):
        campaigns.rename(connection, campaign_id, now)
    return list(ids)


def _bury(connection: Connection, name: str, version: int, now: datetime) -> None:
    row = {"key": name, "index_version": version, "at": now}
    connection.execute(insert(connection, tombstone).values(row).on_conflict_do_nothing())
