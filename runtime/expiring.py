"""Lets go of what is over its time (ETH-11): texts in the store, answers in the archive; the index follows by itself.

The store's classes are those of `store.retention`. An answer stays in the archive as long as a posting that still has
its text rests on it; any other, lists and feeds among them, goes when the shortest class is over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

import store.postings
from chyrak.errors import ChyrakError
from crawlers import erasure as archive
from runtime.context import Context, now
from store import retention
from store.crawl import captures

_AT_ONCE = 500
_STAMP = re.compile(r"-(\d{8}T\d{6}Z)-[0-9a-f]+\.warc\.gz$")
_REASON = "over its time"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Expiry:
    """How many texts were emptied by class, how many answers left the archive and how many of its files are gone.

    `faults` says what could not be taken out of the archive; the next call tries again.
    """

    unflagged: int
    unreviewed: int
    answers: int
    files: int
    faults: tuple[str, ...]


def expire(context: Context) -> Expiry:
    """Empty and erase what is over its time. Doing it twice, or dying in the middle and doing it again, is safe."""
    moment = now()
    with context.store.main.begin() as connection:
        emptied = retention.expire(connection, moment)
    with context.store.main.read() as connection:
        in_use = store.postings.evidence_in_use(connection)
    before = moment - retention.UNFLAGGED
    answers, faults = _erase_old(context, in_use, before, moment)
    files = _drop_empty_files(context, before)
    done = Expiry(emptied.unflagged, emptied.unreviewed, answers, files, tuple(faults))
    log.info("expired", texts=done.unflagged + done.unreviewed, answers=answers, files=files, faults=len(faults))
    return done


def _erase_old(context: Context, in_use: set[str], before: datetime, moment: datetime) -> tuple[int, list[str]]:
    erased, last = 0, 0
    faults: list[str] = []
    while True:
        with context.store.crawl.read() as connection:
            batch = captures.old(connection, before, last, _AT_ONCE)
        if not batch:
            return erased, faults
        last = batch[-1][0]
        gone = []
        for capture_id, ref in batch:
            if ref in in_use:
                continue
            try:
                archive.erase(context.home / "archive", ref, reason=_REASON, now=moment)
            except ChyrakError as fault:
                faults.append(str(fault))
                log.error("answer not erased", archive_ref=ref, fault=str(fault))
            else:
                gone.append(capture_id)
        with context.store.crawl.begin() as connection:
            captures.drop(connection, gone)
        erased += len(gone)


def _drop_empty_files(context: Context, before: datetime) -> int:
    """Delete files of the archive in which no capture stands any more; a run that goes on now is younger than that."""
    folder = context.home / "archive"
    dropped = 0
    for path in sorted(folder.rglob("*.warc.gz")):
        began = _began(path)
        if began is None or began >= before:
            continue
        with context.store.crawl.read() as connection:
            used = captures.stands_in(connection, path.relative_to(folder).as_posix())
        if not used:
            path.unlink()
            dropped += 1
    return dropped


def _began(path: Path) -> datetime | None:
    """When the file's run began, which its name says; its time on the disk changes with every erasure."""
    stamp = _STAMP.search(path.name)
    return datetime.strptime(f"{stamp[1]}+0000", "%Y%m%dT%H%M%SZ%z") if stamp else None
