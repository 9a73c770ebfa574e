"""A named lease with an end, so that one clock crawls for one store."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_

from store.tables import lease
from store.upsert import insert


def take(connection: Connection, name: str, owner: str, now: datetime, seconds: float) -> bool:
    """Take or renew the lease; False when another owner holds it."""
    row = {"name": name, "owner": owner, "until": now + timedelta(seconds=seconds)}
    statement = insert(connection, lease).values(row)
    mine = or_(lease.c.owner == owner, lease.c.until <= now)
    taken = statement.on_conflict_do_update(
        index_elements=["name"], set_={"owner": owner, "until": row["until"]}, where=mine
    )
    return connection.execute(taken.returning(lease.c.name)).first() is not None


def drop(connection: Connection, name: str, owner: str) -> None:
    """Give the lease back."""
    connection.execute(delete(lease).where(lease.c.name == name, lease.c.owner == owner))
