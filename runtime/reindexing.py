"""The index made anew from the store beside the live one, compared with it, and put in its place.

While it is filled, every process writes its changes to both; afterwards the old one is kept beside and written on, so
that it can be swapped back, until the next nightly comparison drops it.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

import store.postings
from chyrak.errors import AskOperator, RetryLater
from indexer import Applied, Document, Engine, Removal
from indexer.documents import to_json
from indexer.filling import fill, turns
from runtime.context import Context, now
from runtime.indexing import in_batches, prepare, still_so
from store.crawl import lease

SAMPLE = 1000
_LEASE = "reindex"
_LEASE_SECONDS = 120.0
_ROUNDS = 3
_WRITTEN_AT_ONCE = 8000  # some 40 MB of adverts; each commit costs as much as some hundred of them

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was found before the new index took its place: adverts in it, adverts whose current text is not read yet,
    adverts no engine can hold, and documents compared word by word."""

    adverts: int
    unread: int
    failed: int
    sampled: int


def reindex(context: Context) -> Filled:
    """Fill a new index beside the live one, compare it with the store, and let them change places.

    Searches see the old one until then. Matches and mails are not touched. Raises RetryLater when another process is
    at it, AskOperator when the new index is not what the store holds: the old one then stays in place.
    """
    with alone(context) as go_on:
        context.engine.begin_beside()
        beside = context.engine.beside()
        if beside is None:
            raise RetryLater("The new index vanished while it was made. Run `chyrak reindex` again.")
        try:
            failed = _fill(context, beside, go_on)
            filled = _verified(context, beside, failed, go_on)
            beside.filled()
            context.engine.swap()
        except BaseException:
            context.engine.drop_beside()
            raise
        finally:
            beside.close()
    return filled


def refill_if_lost(context: Context) -> bool:
    """Fill the index when it says that it is not what the store holds; returns whether it did.

    A lost folder, a damaged index or one of another version of Chyrak would otherwise answer searches with less than
    there is, and nobody would know.
    """
    why = context.engine.lacks()
    if not why:
        return False
    with context.store.main.read() as connection:
        empty = not store.postings.every_id(connection)
    if not empty:  # a new home's index lacks nothing that there is
        log.warning("the index is filled anew, as by `chyrak reindex`; searches find less until then", because=why)
    try:
        adverts = reindex(context).adverts
    except RetryLater as fault:
        log.info("the index is being filled by another process", fault=str(fault))
        return False
    except AskOperator as fault:
        log.error("the index cannot be filled here; run `chyrak reindex`", fault=str(fault))
        return False
    if not empty:
        log.info("the index is filled", adverts=adverts)
    context.engine.drop_beside()
    return True


def versions_match(context: Context, engine: Engine, ids: list[str]) -> tuple[list[str], list[str]]:
    """Of the postings `ids`, those whose version in `engine` is not the store's although their current text is read,
    and those that it lacks since the text is not read yet."""
    held = engine.version_of(ids)
    with context.store.main.read() as connection:
        versions = store.postings.index_versions(connection, ids)
    odd = [key for key in ids if held.get(key) != versions.get(key)]
    ready = {document.id for document in prepare(context, odd).documents} if odd else set()
    return [key for key in odd if key in ready or key in held], [k for k in odd if k not in ready and k not in held]


def contents_differ(context: Context, engine: Engine, ids: list[str]) -> list[str]:
    """Of the postings `ids`, those whose document in `engine` is not, to the letter, the one the store gives."""
    found: list[str] = []
    for batch in in_batches(ids):
        held = engine.documents(batch)
        for wanted in prepare(context, batch).documents:
            there = held.get(wanted.id)
            if there and there.version == wanted.version and to_json(there) != to_json(wanted):
                found.append(wanted.id)
    return found


def _fill(context: Context, beside: Engine, go_on: Callable[[], None]) -> dict[str, str]:
    with context.store.main.read() as connection:
        ids = store.postings.every_id(connection)
    failed: dict[str, str] = {}
    batches = (_prepared(context, batch) for batch in in_batches(ids, _WRITTEN_AT_ONCE))
    with turns(beside) as next_turn:

        def apply(changes: Sequence[Document | Removal]) -> Applied:
            next_turn()
            return beside.apply(_still_so(context, changes))

        for applied in fill(apply, batches):
            go_on()
            failed |= dict(applied.failed)
    for key, problem in failed.items():
        log.error("advert cannot be indexed", posting=key, fault=problem)
    return failed


def _prepared(context: Context, ids: Sequence[str]) -> Sequence[Document | Removal]:
    return [change for part in in_batches(ids) for change in prepare(context, part).changes]


def _still_so(context: Context, changes: Sequence[Document | Removal]) -> Sequence[Document | Removal]:
    return [change for part in in_batches(changes) for change in still_so(context, part)]


def _verified(context: Context, beside: Engine, failed: dict[str, str], go_on: Callable[[], None]) -> Filled:
    """Compares every version, the count and a sample of contents; what changed meanwhile is written once more."""
    for _ in range(_ROUNDS):
        with context.store.main.read() as connection:
            ids = store.postings.every_id(connection)
        wrong: list[str] = []
        unread = 0
        for batch in in_batches(ids):
            go_on()
            odd, waiting = versions_match(context, beside, [key for key in batch if key not in failed])
            if odd:
                with beside.writer():
                    changes = _still_so(context, _prepared(context, odd))
                    failed |= dict(beside.apply(changes).failed)
            wrong += odd
            unread += len(waiting)
        beside.refresh()
        count = beside.count()
        sample = random.sample(ids, min(SAMPLE, len(ids)))
        torn = contents_differ(context, beside, sample)
        if not wrong and not torn and count == len(ids) - unread - len(failed.keys() & set(ids)):
            return Filled(count, unread, len(failed), len(sample))
    raise AskOperator(
        f"The new index is not what the store holds: {count} adverts, {len(wrong)} of another version, {len(torn)} of "
        f"{len(sample)} with other contents, {unread} not read, {len(failed)} refused. The old index stays in place. "
        "Stop the crawl and run `chyrak reindex` again; if it stays so, please report it."
    )


@contextmanager
def alone(context: Context) -> Iterator[Callable[[], None]]:
    """One process at a time; gives a function to call now and then that keeps the right to go on."""
    owner = uuid.uuid4().hex

    def go_on() -> None:
        with context.store.crawl.begin() as connection:
            if not lease.take(connection, _LEASE, owner, now(), _LEASE_SECONDS):
                raise RetryLater("Another process is filling the index. Wait until it ends.")

    go_on()
    try:
        yield go_on
    finally:
        with context.store.crawl.begin() as connection:
            lease.drop(connection, _LEASE, owner)
