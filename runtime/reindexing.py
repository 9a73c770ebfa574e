"""The index made anew from the store, and what the two differ in put right."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

import store.postings
from runtime.context import Context, now
from runtime.indexing import in_batches, prepare
from store import worklist

log = structlog.get_logger(__name__)


def reindex(context: Context) -> int:
    """Fill a new index from the store beside the live one and put it in its place; returns how many adverts it holds.

    Searches see the old one until then. What changed meanwhile is asked for again. Matches and mails are not touched.
    """
    with context.store.main.read() as connection:
        ids = store.postings.every_id(connection)
    with context.engine.rebuild() as apply:
        for batch in in_batches(ids):
            for key, problem in apply(prepare(context, batch).changes).failed:
                log.error("advert cannot be indexed", posting=key, fault=problem)
    with context.store.main.read() as connection:
        ids = sorted({*ids, *store.postings.every_id(connection)})
    ask_for_missed(context, ids)
    return context.engine.count()


def refill_if_lost(context: Context) -> bool:
    """Fill the index when it says that it is not what the store holds; returns whether it did.

    A lost folder, a damaged index or one of another version of Chyrak would otherwise answer searches with less than
    there is, and nobody would know.
    """
    why = context.engine.info().rebuild
    if not why:
        return False
    log.warning("the index is filled anew, as by `chyrak reindex`; searches find less until then", because=why)
    log.info("the index is filled", adverts=reindex(context))
    return True


def ask_for_missed(context: Context, ids: Iterable[str]) -> int:
    """Ask for the sync of those of `ids` whose version in the index is not the store's; returns how many."""
    missed = 0
    for batch in in_batches(sorted(ids)):
        held = context.engine.version_of(batch)
        with context.store.main.begin() as connection:
            versions = store.postings.index_versions(connection, batch)
            living = store.postings.many(connection, batch)
            behind = [key for key in batch if held.get(key) != (versions.get(key) if key in living else None)]
            worklist.add(connection, "sync", behind, now())
        missed += len(behind)
    return missed
