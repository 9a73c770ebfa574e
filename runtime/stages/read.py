"""Hop 3: postings -> readings; contacts go to the vault."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import Connection

import nlp
import store.postings
import store.readings
from chyrak.records import Posting, Reading
from runtime.context import Context, now
from runtime.erasing import erase_evidence
from runtime.stages.claims import Keep, work_off
from store import erasure
from store.worklist import Job

log = structlog.get_logger(__name__)


def drain(context: Context, limit: int) -> int:
    """Read up to `limit` postings; returns how many."""
    return work_off(context, "read", limit, partial(_compute, context))


def _compute(context: Context, jobs: Sequence[Job]) -> dict[str, Keep | Exception]:
    with context.store.main.read() as connection:
        postings = store.postings.many(connection, [job.key for job in jobs])
    try:
        readings = nlp.read(context.reader, postings.values())
        return {reading.posting_id: partial(_keep, context, reading) for reading in readings}
    except Exception as fault:  # one text must not take the others with it, and whose fault it is must be known
        log.warning("a batch could not be read; its texts are read one by one", fault=repr(fault), texts=len(postings))
        return {key: _alone(context, posting) for key, posting in postings.items()}


def _alone(context: Context, posting: Posting) -> Keep | Exception:
    try:
        (reading,) = nlp.read(context.reader, [posting])
    except Exception as fault:
        return fault
    return partial(_keep, context, reading)


def _keep(context: Context, reading: Reading, connection: Connection) -> None:
    links = [context.vault.link(contact.kind, contact.value) for contact in reading.contacts if contact.value]
    if erasure.buried(connection, links):
        # The store erases the advert again (ETH-12); its bytes go first, while it is known where they stand.
        erase_evidence(context, [reading.posting_id], reason="it shows a contact that was erased earlier")
    store.readings.record(connection, reading, context.vault, now())
