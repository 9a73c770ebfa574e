"""Everything the page of one advert shows, gathered in one read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

import store.standing
from chyrak.records import Campaign, Indicator, Posting, Reading, Stance, State
from review.decide import Standing, standing
from review.difference import Change, compare
from review.masking import Mask, find_masks, mask, mask_url, safe
from review.passage import Mark, Piece, cut, marks_of
from review.pleas import is_plea
from review.policy import Policy
from review.waiting import deadline
from store import campaigns, decisions, postings, readings, vault
from store.people import Person
from store.postings import Evidence
from store.vault import KeptContact

_MOST_SIBLINGS = 50
_MOST_QUOTES = 3
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another advert of the same campaign."""

    posting: Posting
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit: what changed against the revision before."""

    rev: int
    seen_at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """One advert for one reader. Titles, pieces and quotes are masked already; `newest` may be a later revision.

    `level` is the one the queue and the rule of readers go by: of the reading, its network's raise included, or of an
    alert that still waits, whichever is higher; 0 when it was not read yet.
    """

    posting: Posting
    newest: int
    reading: Reading | None
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    heading: str
    url: str
    quotes: Mapping[str, tuple[str, ...]]
    present: tuple[Indicator, ...]
    denied: tuple[Indicator, ...]
    not_stated: tuple[Indicator, ...]
    contacts: tuple[KeptContact, ...]
    campaign: Campaign | None
    others: int
    template: str
    slots: tuple[tuple[int, tuple[str, ...]], ...]
    siblings: tuple[Sibling, ...]
    revisions: tuple[Revision, ...]
    evidence: tuple[Evidence, ...]
    standing: Standing
    level: int
    deadline: datetime | None
    plea: bool

    @property
    def toned_down(self) -> bool:
        """Whether the newest text alone would read lower than `level`, which an alert that waits keeps up."""
        return self.reading is not None and int(self.reading.level) < self.level


def open_dossier(
    c: Connection, posting_id: str, person: Person, policy: Policy, *, pseudonymise: bool = False, names: bool = True
) -> Dossier | None:
    """The dossier of an advert at the revision that was read last; None for one that is not kept.

    `names` masks personal names in its text; `pseudonymise` masks long numbers too.
    """
    newest = postings.get(c, posting_id)
    if newest is None:
        return None
    reading = readings.latest(c, posting_id)
    posting = postings.get(c, posting_id, reading.rev) if reading else newest
    if posting is None:
        posting, reading = newest, None
    contacts = reading.contacts if reading else ()
    body, edge = posting.body, len(posting.title)
    masks = find_masks(body, contacts, names=names, pseudonymise=pseudonymise)
    marks = marks_of(reading) if reading else []
    plea = reading is not None and is_plea(reading)
    campaign_id = None if plea else campaigns.of(c, [posting_id]).get(posting_id)
    campaign = campaigns.get(c, campaign_id) if campaign_id else None
    siblings, others = _siblings(c, campaign, posting_id, pseudonymise)
    stands = store.standing.of(c, [posting_id])[posting_id]
    return Dossier(
        posting=posting,
        newest=newest.rev,
        reading=reading,
        title=tuple(cut(body, 0, edge, marks, masks)),
        text=tuple(cut(body, edge + 1, len(body), marks, masks)),
        heading=heading(posting, reading, pseudonymise=pseudonymise),
        url=mask_url(posting.url),
        quotes=_quotes(body, marks, masks),
        present=_by_state(reading, State.PRESENT),
        denied=_by_state(reading, State.DENIED),
        not_stated=_by_state(reading, State.NOT_STATED),
        contacts=tuple(
            KeptContact(k.id, k.posting_id, k.kind, safe(k.masked), k.link)
            for k in vault.of(c, [posting_id])[posting_id]
        ),
        campaign=campaign if siblings else None,
        others=others,
        template=mask(campaign.template, pseudonymise=pseudonymise) if campaign else "",
        slots=_slots(campaign, pseudonymise),
        siblings=siblings,
        revisions=_revisions(c, posting_id, reading, pseudonymise),
        evidence=tuple(postings.evidence(c, posting_id)),
        standing=standing(reading, stands, decisions.of(c, posting_id), person, policy),
        level=stands.level,
        deadline=deadline(stands.level, posting.first_seen) if reading else None,
        plea=plea,
    )


def heading(posting: Posting, reading: Reading | None, *, pseudonymise: bool = False) -> str:
    """The advert's title, or its first line, with contacts masked, at most 120 characters."""
    contacts = reading.contacts if reading else ()
    whole = mask(posting.body, contacts, pseudonymise=pseudonymise).strip()
    line = whole.split("\n", 1)[0].strip()
    return line if len(line) <= 120 else f"{line[:119].rstrip()}…"


def _quotes(body: str, marks: Sequence[Mark], masks: Sequence[Mask]) -> dict[str, tuple[str, ...]]:
    """The first words of the text that show each sign; words with a contact or a name in them are left out."""
    found: dict[str, list[str]] = {}
    for mark in marks:
        said = " ".join(body[mark.start : mark.end].split())
        hidden = any(one.start < mark.end and mark.start < one.end for one in masks)
        quotes = found.setdefault(mark.id, [])
        if said and not hidden and said not in quotes and len(quotes) < _MOST_QUOTES:
            quotes.append(said if len(said) <= _LONGEST_QUOTE else f"{said[:_LONGEST_QUOTE].rstrip()}…")
    return {key: tuple(quotes) for key, quotes in found.items()}


def _by_state(reading: Reading | None, state: State) -> tuple[Indicator, ...]:
    found = [i for i in reading.indicators if i.state is state] if reading else []
    return tuple(sorted(found, key=lambda i: (-i.weight, i.id)))


def _slots(campaign: Campaign | None, pseudonymise: bool) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Number and masked values of every place where the members differ."""
    found = []
    for number, slot in enumerate(campaign.slots if campaign else (), 1):
        values = tuple(dict.fromkeys(mask(v, pseudonymise=pseudonymise) for v in slot if v.strip()))
        if len(values) > 1:
            found.append((number, values))
    return tuple(found)


def _siblings(
    c: Connection, campaign: Campaign | None, own: str, pseudonymise: bool
) -> tuple[tuple[Sibling, ...], int]:
    """The first other members, and how many there are; whoever seeks help or work is not listed (ETH-08)."""
    ids = [m for m in campaign.members if m != own] if campaign else []
    read = readings.many(c, ids)
    ids = [key for key in ids if key not in read or read[key].stance is not Stance.SEEK]
    kept = postings.many(c, ids[:_MOST_SIBLINGS])
    shown = tuple(
        Sibling(
            kept[key],
            heading(kept[key], read.get(key), pseudonymise=pseudonymise),
            int(read[key].level) if key in read else 0,
        )
        for key in ids[:_MOST_SIBLINGS]
        if key in kept
    )
    return shown, len(ids)


def _revisions(c: Connection, posting_id: str, reading: Reading | None, pseudonymise: bool) -> tuple[Revision, ...]:
    """Every edit, newest first. Masks of the reading fit only the revision it read; patterns serve the others."""
    every = postings.revisions(c, posting_id)
    seen = {e.rev: e.seen_at for e in postings.evidence(c, posting_id)}
    shown = [
        mask(p.body, reading.contacts if reading and reading.rev == p.rev else (), pseudonymise=pseudonymise)
        for p in every
    ]
    edits = [
        Revision(after.rev, seen.get(after.rev, after.last_seen), tuple(compare(shown[at], shown[at + 1])))
        for at, after in enumerate(every[1:])
    ]
    return tuple(reversed(edits))
