"""Keeps index and store in step: what they differ in is repaired and reported, lightly each hour, fully each night.

The work list carries every change to the index, but it cannot know what was lost behind its back: an index put back
from an old copy, a store restored from a backup, a document someone deleted by hand on the server.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

import store.postings
from chyrak.errors import RetryLater
from indexer import Removal
from runtime.context import Context, now
from runtime.indexing import in_batches, prepare, still_so
from runtime.reindexing import alone, contents_differ, reindex, versions_match
from store import worklist
from store.crawl import lease

LIGHT_SECONDS = 3600.0
NIGHT_HOUR = 3
_SAMPLE = 200
_SHARE = 100  # of how many documents one is compared word by word
_AT_ONCE = 1000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drift:
    """How many adverts the index lacked or held in another version, held although the store does not, and held with
    other contents; `ahead` of the store were held in a version that the store has not reached."""

    missing: int = 0
    orphans: int = 0
    torn: int = 0
    ahead: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.orphans or self.torn or self.ahead)


def keep_in_step(context: Context) -> Drift | None:
    """The comparison that is due now, if one is, and its repair; None when none was due or work waits, which is no
    drift."""
    with context.store.main.read() as connection:
        pending = worklist.counts(connection, now()).get("sync")
    if pending and (pending.waiting or pending.running):
        return None
    if _due(context, "reconcile fully", _until_night(context)):
        _drop_kept(context)
        return reconcile(context)
    if _due(context, "reconcile lightly", LIGHT_SECONDS):
        return glance(context)
    return None


def swap_back(context: Context) -> Drift:
    """Put the index that was kept beside back in place of the live one, and repair what it and the store differ in."""
    with alone(context):
        context.engine.swap()
    return reconcile(context)


def glance(context: Context) -> Drift:
    """Compares the count and a sample of versions; a full comparison follows when they differ."""
    with context.store.main.read() as connection:
        ids = store.postings.every_id(connection)
    sample = random.sample(ids, min(_SAMPLE, len(ids)))
    odd, _ = versions_match(context, context.engine, sample)
    if odd or context.engine.count() > len(ids):
        return reconcile(context)
    return Drift()


def reconcile(context: Context) -> Drift:
    """Walks store and index side by side in the order of their ids and repairs what differs."""
    found = _repair(context)
    if found.ahead:
        # Writes with lower versions would be taken for late ones and ignored; only a new index follows the store.
        log.warning("the index is ahead of the store, as after a restored backup: it is filled anew", **asdict(found))
        reindex(context)
        context.engine.drop_beside()
    elif found:
        log.warning("index and store differed and were put in step", **asdict(found))
    return found


def _repair(context: Context) -> Drift:
    missing = orphans = torn = ahead = 0
    for ours, there in _side_by_side(context):
        here = set(ours)
        lost = [key for key in there if key not in here]
        orphans += _remove(context, lost, there)
        odd, _ = versions_match(context, context.engine, ours)
        with context.store.main.read() as connection:
            versions = store.postings.index_versions(connection, odd)
        ahead += sum(1 for key in odd if there.get(key, 0) > versions.get(key, 0))
        missing += _write(context, odd)
        sample = random.sample(ours, len(ours) // _SHARE or min(1, len(ours)))
        torn += _write(context, contents_differ(context, context.engine, sample))
    return Drift(missing, orphans, torn, ahead)


def _side_by_side(context: Context) -> Iterator[tuple[list[str], dict[str, int]]]:
    """Stretches of ids in order: those of the store, and those of the index with their versions."""
    with context.store.main.read() as connection:
        ids = store.postings.every_id(connection)
    theirs = context.engine.walk()
    pair = next(theirs, None)
    for start in range(0, max(len(ids), 1), _AT_ONCE):
        ours = ids[start : start + _AT_ONCE]
        last = start + _AT_ONCE >= len(ids)
        there: dict[str, int] = {}
        while pair and (last or pair[0] <= ours[-1]):
            there[pair[0]] = pair[1]
            pair = next(theirs, None)
        yield ours, there


def _write(context: Context, ids: list[str]) -> int:
    written = 0
    for batch in in_batches(ids):
        with context.engine.writer():
            written += len(context.engine.apply(still_so(context, prepare(context, batch).changes)).ok)
    return written


def _remove(context: Context, ids: list[str], versions: dict[str, int]) -> int:
    if not ids:
        return 0
    with context.engine.writer():
        with context.store.main.read() as connection:  # asked again: it may have come in since the walk began
            living = store.postings.many(connection, ids)
        gone = [Removal(key, versions[key]) for key in ids if key not in living]
        return len(context.engine.apply(gone).ok)


def _drop_kept(context: Context) -> None:
    """Deletes the index kept since the last reindex: nobody has swapped back."""
    try:
        with alone(context):
            context.engine.drop_beside()
    except RetryLater:
        log.info("an index is being filled beside the live one; it stays")


def _due(context: Context, what: str, seconds: float) -> bool:
    """Whether it is time for `what`; saying so, it is the next time after `seconds`, whichever process asks."""
    with context.store.crawl.begin() as connection:
        return lease.take(connection, what, uuid.uuid4().hex, now(), seconds)


def _until_night(context: Context) -> float:
    here = now().astimezone(ZoneInfo(context.settings.timezone))
    night = here.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return ((night if night > here else night + timedelta(days=1)) - here).total_seconds()
