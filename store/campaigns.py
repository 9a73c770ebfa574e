"""Campaigns: groups of postings with nearly the same text. A campaign is named after its earliest member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from chyrak.records import Campaign
from store import locks, postings, worklist
from store.tables import band, campaign, contact, fingerprint, posting
from store.upsert import put


def fingerprint_of(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """The kept signature of each posting that has one."""
    query = select(fingerprint.c.posting_id, fingerprint.c.signature).where(fingerprint.c.posting_id.in_(ids))
    return {row.posting_id: row.signature for row in connection.execute(query)}


def keep_fingerprint(connection: Connection, posting_id: str, rev: int, signature: bytes, bands: Iterable[str]) -> None:
    """Keep the signature of a posting and the LSH bands it is found by."""
    put(connection, fingerprint, {"posting_id": posting_id}, {"rev": rev, "signature": signature})
    connection.execute(delete(band).where(band.c.posting_id == posting_id))
    rows = [{"posting_id": posting_id, "band": name} for name in dict.fromkeys(bands)]
    if rows:
        connection.execute(insert(band), rows)


def near(connection: Connection, posting_id: str, bands: Iterable[str], most: int = 200) -> list[str]:
    """Other postings that share a band: the only ones worth comparing.

    Call it in the transaction that places the posting: two alike that arrive at once would else miss each other.
    """
    if connection.get_execution_options().get("chyrak_writes"):
        locks.hold(connection, locks.GROUP)
    query = select(band.c.posting_id).where(band.c.band.in_(list(bands)), band.c.posting_id != posting_id)
    return list(connection.execute(query.distinct().order_by(band.c.posting_id).limit(most)).scalars())


def contact_users(connection: Connection, posting_id: str) -> int:
    """Over how many sources' or campaigns' other adverts any contact of this posting is used (meta-indicator M02)."""
    links = select(contact.c.link).where(contact.c.posting_id == posting_id)
    query = select(func.count(func.distinct(func.coalesce(posting.c.campaign_id, posting.c.id)))).where(
        contact.c.posting_id == posting.c.id, contact.c.link.in_(links), posting.c.id != posting_id
    )
    return connection.execute(query).scalar_one()


def join(connection: Connection, ids: Sequence[str], now: datetime) -> str:
    """Make one campaign of these postings and of every campaign they are in; returns its id, the earliest member's."""
    query = select(posting.c.campaign_id).where(posting.c.id.in_(ids), posting.c.campaign_id.is_not(None))
    old = set(connection.execute(query).scalars())
    everyone = set(ids) | set(connection.execute(select(posting.c.id).where(posting.c.campaign_id.in_(old))).scalars())
    earliest = select(posting.c.id).where(posting.c.id.in_(everyone)).order_by(posting.c.first_seen, posting.c.id)
    name = connection.execute(earliest.limit(1)).scalar_one()
    put(connection, campaign, {"id": name}, {"slots": []})
    moved = select(posting.c.id).where(posting.c.id.in_(everyone), func.coalesce(posting.c.campaign_id, "") != name)
    ids_moved = list(connection.execute(moved).scalars())
    connection.execute(update(posting).where(posting.c.id.in_(ids_moved)).values(campaign_id=name))
    connection.execute(delete(campaign).where(campaign.c.id.in_(old - {name})))
    postings.touch(connection, ids_moved, now)
    return str(name)


def leave(connection: Connection, posting_id: str, now: datetime) -> None:
    """Take a posting out of its campaign, since its text has changed beyond likeness."""
    campaign_id = of(connection, [posting_id]).get(posting_id)
    if campaign_id is not None:
        connection.execute(update(posting).where(posting.c.id == posting_id).values(campaign_id=None))
        postings.touch(connection, [posting_id], now)
        rename(connection, campaign_id, now)


def rename(connection: Connection, campaign_id: str, now: datetime) -> str | None:
    """Settle a campaign that has lost members: it is named after its earliest one and its shape is asked for anew.

    Returns its id, or None when fewer than two members are left, which are no campaign any more.
    """
    left = members(connection, campaign_id)
    name = left[0] if len(left) > 1 else None
    if name is not None:
        put(connection, campaign, {"id": name}, {"template": "", "slots": []})
        worklist.add(connection, "group", [name], now)
    if name != campaign_id:
        connection.execute(update(posting).where(posting.c.id.in_(left)).values(campaign_id=name))
        connection.execute(delete(campaign).where(campaign.c.id == campaign_id))
        postings.touch(connection, left, now)
    return name


def set_shape(connection: Connection, campaign_id: str, template: str, slots: Sequence[Sequence[str]]) -> None:
    """Keep the common template and the values that vary in it."""
    values = {"template": template, "slots": [list(slot) for slot in slots]}
    connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(**values))


def members(connection: Connection, campaign_id: str) -> list[str]:
    """The postings of a campaign, earliest first."""
    query = select(posting.c.id).where(posting.c.campaign_id == campaign_id)
    return list(connection.execute(query.order_by(posting.c.first_seen, posting.c.id)).scalars())


def sizes(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """How many members each of these campaigns has."""
    query = select(posting.c.campaign_id, func.count()).where(posting.c.campaign_id.in_(list(ids)))
    return {row[0]: row[1] for row in connection.execute(query.group_by(posting.c.campaign_id))}


def of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The campaign of each of these postings that is in one."""
    query = select(posting.c.id, posting.c.campaign_id)
    query = query.where(posting.c.id.in_(ids), posting.c.campaign_id.is_not(None))
    return {row.id: row.campaign_id for row in connection.execute(query)}


def get(connection: Connection, campaign_id: str) -> Campaign | None:
    """A campaign with its members, earliest first."""
    row = connection.execute(select(campaign).where(campaign.c.id == campaign_id)).one_or_none()
    if row is None:
        return None
    seen = connection.execute(
        select(func.min(posting.c.first_seen), func.max(posting.c.last_seen)).where(
            posting.c.campaign_id == campaign_id
        )
    ).one()
    slots = tuple(tuple(slot) for slot in row.slots)
    return Campaign(row.id, tuple(members(connection, row.id)), row.template, slots, seen[0], seen[1])


def count(connection: Connection) -> int:
    """How many campaigns have at least two members."""
    sizes_query = select(func.count()).where(posting.c.campaign_id.is_not(None)).group_by(posting.c.campaign_id)
    return sum(1 for size in connection.execute(sizes_query).scalars() if size > 1)
