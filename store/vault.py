"""The only place a raw contact is kept: a keyed HMAC links adverts, ciphertext waits for a person with a reason."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection, bindparam, delete, select, update

from chyrak.errors import AskOperator, WrongUsage
from chyrak.records import Contact
from store import audit
from store.keys import Keys
from store.tables import contact, key_mark
from store.upsert import new_row


@dataclass(frozen=True, slots=True)
class KeptContact:
    """A contact as anybody may see it. `link` is the same for the same contact in any advert."""

    id: int
    posting_id: str
    kind: str
    masked: str
    link: str


_LINKS = select(contact.c.link).where(contact.c.posting_id == bindparam("key"))


class Vault:
    """Seals and opens contacts with the deployment's keys."""

    def __init__(self, keys: Keys) -> None:
        self._link_key = keys.link
        # The first key seals; the others open what was sealed before the last rotation.
        self._cipher = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys.cipher])
        self._known = False

    def link(self, kind: str, value: str) -> str:
        """Hex HMAC-SHA256 of a normalised contact (ETH-10): adverts can be linked without knowing the number."""
        return hmac.new(self._link_key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def keep(self, connection: Connection, posting_id: str, contacts: Iterable[Contact]) -> None:
        """Make `contacts` the ones of this posting: new ones are sealed, ones it no longer shows are removed.

        Raises AskOperator when this store's contacts were linked with another key: links would no longer meet.
        """
        self._check_key(connection)
        wanted = {self.link(c.kind, c.value): c for c in contacts if c.value}
        here = set(connection.execute(_LINKS, {"key": posting_id}).scalars())
        if here - wanted.keys():
            mine = contact.c.posting_id == posting_id
            connection.execute(delete(contact).where(mine, contact.c.link.in_(here - wanted.keys())))
        for link in sorted(wanted.keys() - here):
            c = wanted[link]
            row = {
                "posting_id": posting_id,
                "kind": c.kind,
                "masked": c.masked,
                "link": link,
                "sealed": self._cipher.encrypt(c.value.encode()),
            }
            connection.execute(new_row(connection.dialect.name, contact, "id"), row)

    def reveal(self, connection: Connection, contact_id: int, *, who: str, reason: str, now: datetime) -> str:
        """The raw contact, for a named person with a reason; the audit event is in the same transaction.

        Raises WrongUsage without a reason or for an unknown contact, AskOperator when the key does not fit.
        """
        if not reason.strip():
            raise WrongUsage("A contact is revealed only with a reason. Write what you need it for.")
        row = connection.execute(select(contact).where(contact.c.id == contact_id)).one_or_none()
        if row is None:
            raise WrongUsage(f"There is no contact {contact_id}. Reload the advert: it may have been read anew.")
        value = self._open(row.sealed)
        details = {"contact": contact_id, "kind": row.kind, "reason": reason.strip()}
        audit.append(connection, who, "reveal", row.posting_id, details, now)
        return value

    def rotate(self, connection: Connection) -> int:
        """Seal every contact anew with the first key of keys/contact-cipher.key; returns how many.

        After it the older lines of that file can go. Raises AskOperator when a contact opens with none of them.
        """
        rows = connection.execute(select(contact.c.id, contact.c.sealed).order_by(contact.c.id)).all()
        for row in rows:
            sealed = self._cipher.encrypt(self._open(row.sealed).encode())
            connection.execute(update(contact).where(contact.c.id == row.id).values(sealed=sealed))
        return len(rows)

    def _open(self, sealed: bytes) -> str:
        try:
            return self._cipher.decrypt(sealed).decode()
        except InvalidToken as fault:
            raise AskOperator(
                "keys/contact-cipher.key does not fit this database. Restore the key that sealed the contacts."
            ) from fault

    def _check_key(self, connection: Connection) -> None:
        if self._known:
            return
        mark = self.link("", "the key that links the contacts of this store")
        first = new_row(connection.dialect.name, key_mark, "name")
        connection.execute(first, {"name": "contact-link", "mark": mark})
        held = connection.execute(select(key_mark.c.mark).where(key_mark.c.name == "contact-link")).scalar_one()
        if held != mark:
            raise AskOperator(
                "keys/contact-link.key is not the key this store's contacts were linked with. Restore the folder keys/ "
                "that belongs to this database: with another key no repeated contact would be seen."
            )
        self._known = True


def of(connection: Connection, posting_ids: Sequence[str]) -> dict[str, list[KeptContact]]:
    """The masked contacts of postings, by posting id."""
    found: dict[str, list[KeptContact]] = {posting_id: [] for posting_id in posting_ids}
    columns = (contact.c.id, contact.c.posting_id, contact.c.kind, contact.c.masked, contact.c.link)
    query = select(*columns).where(contact.c.posting_id.in_(posting_ids)).order_by(contact.c.id)
    for row in connection.execute(query):
        found[row.posting_id].append(KeptContact(*row))
    return found
