"""Store -> search documents: what the index should hold of each posting, and what must not reach it yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

import store.postings
import store.readings
import store.vault
from indexer import Document, Removal, build
from runtime.context import Context
from store import campaigns, decisions

AT_ONCE = 500
_Any = TypeVar("_Any")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What to write to the index. `revs` is the revision of the text in each document, by posting."""

    changes: tuple[Document | Removal, ...]
    revs: Mapping[str, int]

    @property
    def documents(self) -> list[Document]:
        """The documents among the changes."""
        return [change for change in self.changes if isinstance(change, Document)]


def prepare(context: Context, ids: Sequence[str]) -> Prepared:
    """The search document of each posting, or the removal of one that was erased or emptied.

    Left out is a posting whose current text nobody has read yet: its contacts are not known, so they could not be
    masked (ETH-10). Its reading asks for the sync again, and the index keeps what it has until then.
    """
    with context.store.main.read() as connection:
        # Versions first: what changes while we read is then written under too low a version, and written again by
        # the work which that change has asked for. The other way round the newer change would be taken for written.
        versions = store.postings.index_versions(connection, ids)
        documents = _documents(connection, ids, versions)
        return Prepared(*documents)


def still_so(context: Context, changes: Sequence[Document | Removal]) -> list[Document | Removal]:
    """Those of `changes` that are what the store says now.

    Asked by a writer who keeps other writers off: then an advert that was erased meanwhile cannot come back into the
    index after its removal. Whatever changed has work of its own.
    """
    with context.store.main.read() as connection:
        versions = store.postings.index_versions(connection, [change.id for change in changes])
    return [change for change in changes if versions.get(change.id) == change.version]


def in_batches(many: Sequence[_Any], size: int = AT_ONCE) -> Iterator[Sequence[_Any]]:
    """`many` in runs of `size`."""
    for start in range(0, len(many), size):
        yield many[start : start + size]


def _documents(
    connection: Connection, ids: Sequence[str], versions: Mapping[str, int]
) -> tuple[tuple[Document | Removal, ...], Mapping[str, int]]:
    postings = store.postings.many(connection, ids)
    readings = store.readings.many(connection, ids)
    contacts = store.vault.of(connection, ids)
    grouped = campaigns.of(connection, ids)
    standing = decisions.states(connection, ids)
    found: list[Document | Removal] = []
    for key in ids:
        posting, reading = postings.get(key), readings.get(key)
        if key not in versions:  # came or went while we looked
            continue
        if posting is None:
            found.append(Removal(key, versions[key]))
        # Spans of one revision laid over the text of another would leave a contact in sight.
        elif reading is not None and reading.rev == posting.rev:
            document = build(
                posting,
                reading,
                version=versions[key],
                contact_links=[contact.link for contact in contacts[key]],
                campaign=grouped.get(key),
                decision_state=standing[key],
            )
            found.append(document)
    return tuple(found), {key: posting.rev for key, posting in postings.items()}
