"""Hop 4: readings -> campaigns. Nearly the same text joins; a network of copies raises what shows something already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

import store.postings
import store.readings
from chyrak.records import Level, Posting, Reading, Stance
from nlp import grouping
from nlp.grouping import Fingerprint
from runtime.context import Context, now
from runtime.stages.claims import Keep, work_off
from store import campaigns
from store.worklist import Job

LEAST_MEMBERS = 3
"""A template counts as a network from this many adverts on, a contact from this many unrelated ones (M01, M02)."""


def drain(context: Context, limit: int) -> int:
    """Place up to `limit` postings; returns how many."""
    return work_off(context, "group", limit, partial(_compute, context))


def _compute(context: Context, jobs: Sequence[Job]) -> dict[str, Keep | Exception]:
    with context.store.main.read() as connection:
        ids = [job.key for job in jobs]
        postings = store.postings.many(connection, ids)
        readings = store.readings.many(connection, ids)
    results: dict[str, Keep | Exception] = {}
    for key, posting in postings.items():
        reading = readings.get(key)
        if reading is not None:
            results[key] = partial(_place, posting, reading, grouping.fingerprint(posting.body))
    return results


def _place(posting: Posting, reading: Reading, print_: Fingerprint, connection: Connection) -> None:
    moment = now()
    near = campaigns.near(connection, posting.id, print_.bands)
    alike = [
        other
        for other, signature in campaigns.fingerprint_of(connection, near).items()
        if grouping.same(print_, signature)
    ]
    campaigns.keep_fingerprint(connection, posting.id, posting.rev, print_.signature, print_.bands)
    if alike:
        campaign = campaigns.join(connection, [posting.id, *alike], moment)
        members = campaigns.members(connection, campaign)
        texts = [p.body for p in store.postings.many(connection, members[:50]).values()]
        campaigns.set_shape(connection, campaign, *grouping.slots(sorted(texts)))
    else:
        campaigns.leave(connection, posting.id, moment)
        members = [posting.id]
    _raise(connection, members, reading, moment)


def _raise(connection: Connection, members: Sequence[str], reading: Reading, moment: datetime) -> None:
    template = len(members) >= LEAST_MEMBERS
    for key, value in {**store.readings.many(connection, members), reading.posting_id: reading}.items():
        network = template or campaigns.contact_users(connection, key) >= LEAST_MEMBERS - 1
        own = store.readings.own_level(connection, key)
        scored = value.stance in (Stance.OFFER, Stance.SERVICE) and own >= Level.WATCH
        store.readings.raise_level(connection, key, int(network and scored), moment)
