"""Flask-Security over `store.people`: a person is an account with one role; nothing is written through here."""

from __future__ import annotations

import hashlib
from typing import Any

from flask_security import RoleMixin, UserDatastore, UserMixin

import store.people as people
from review.permits import matrix
from store import Store
from store.people import Person


class Role(RoleMixin):
    """One of the five roles; its permissions are the permits it holds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.permissions = sorted(permit for permit, roles in matrix().items() if name in roles)


class Account(UserMixin):
    """A person as the login library sees them. `person` is the store's row at the time of the request."""

    fs_uniquifier = ""  # the library looks for it on the class

    def __init__(self, person: Person) -> None:
        self.person = person
        self.email = person.email
        self.password = person.password_hash
        self.active = not person.disabled
        self.roles = [Role(person.role)]
        self.fs_uniquifier = uniquifier(person)

    @property
    def name(self) -> str:
        """The name the person logs in with and decisions are signed by."""
        return str(self.person.name)

    @property
    def role(self) -> str:
        """The person's one role."""
        return str(self.person.role)


class Accounts(UserDatastore):
    """Reads people; a session ends by itself when its person is disabled or gets a new password."""

    def __init__(self, store: Store | None) -> None:
        super().__init__(Account, Role)
        self._store = store

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The account by `fs_uniquifier` or by `name`."""
        if self._store is None:
            return None
        with self._store.main.read() as c:
            if "name" in by:
                found = people.by_name(c, str(by["name"]))
                return Account(found) if found else None
            unique = str(by.get("fs_uniquifier", ""))
            found = people.get(c, unique.partition(".")[0])
        return Account(found) if found and uniquifier(found) == unique else None

    def find_role(self, role: str) -> Role | None:
        """The role of that name."""
        return Role(role)


def uniquifier(person: Person) -> str:
    """What a session remembers of a person; it changes with the password, so that old sessions end."""
    mark = hashlib.sha256((person.password_hash or "").encode()).hexdigest()[:16]
    return f"{person.id}.{mark}"
