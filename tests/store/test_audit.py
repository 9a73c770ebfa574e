"""The audit chain is append-only, and a touched link shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from store import Store, audit
from store.tables import audit_event


def _write(store: Store, now: datetime, count: int) -> None:
    for number in range(count):
        with store.main.begin() as connection:
            audit.append(connection, "aigul", "read", f"posting {number}", {"level": 3}, now)


@pytest.mark.parametrize("change", [update(audit_event).values(who="nobody"), delete(audit_event)])
def test_eth_14_the_database_refuses_to_change_or_remove_an_event(store: Store, now: datetime, change):
    _write(store, now, 2)
    with pytest.raises(DBAPIError, match="append-only"), store.main.begin() as connection:
        connection.execute(change)


def test_eth_14_an_event_altered_behind_the_guards_is_named(store: Store, now: datetime):
    _write(store, now, 3)
    with store.main.begin() as connection:
        assert audit.verify(connection) == []
        guard = (
            "DROP TRIGGER audit_event_no_UPDATE"
            if store.main.is_sqlite
            else "DROP TRIGGER audit_event_guard ON audit_event"
        )
        connection.execute(text(guard))
        connection.execute(update(audit_event).where(audit_event.c.number == 2).values(who="nobody"))
        assert audit.verify(connection) == ["event 2 was altered after it was written"]


def test_eth_14_writers_at_once_do_not_fork_the_chain(store: Store, now: datetime):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _write(store, now, 10), range(4)))
    with store.main.read() as connection:
        assert audit.verify(connection) == []
        newest = audit.tail(connection, 3)
    assert [event.number for event in newest] == [40, 39, 38]
    assert newest[0].previous == newest[1].digest
