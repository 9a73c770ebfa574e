"""People with one role each (ETH-13). There is no default account and no default password."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from chyrak.errors import WrongUsage
from store.tables import person

ROLES = ("admin", "investigator", "ngo_caseworker", "researcher", "auditor")
MOST_FAILED_LOGINS = 5
LOCK_TIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `senior` lets one investigator or caseworker decide alone on levels 3 and 4 (ETH-03)."""

    id: str
    name: str
    email: str
    role: str
    senior: bool
    language: str
    timezone: str
    password_hash: str | None
    disabled: bool
    failed_logins: int
    locked_until: datetime | None
    last_login: datetime | None = None

    def __repr__(self) -> str:
        return f"Person(id={self.id!r}, name={self.name!r}, role={self.role!r})"


def add(
    connection: Connection,
    name: str,
    email: str,
    role: str,
    language: str = "en",
    password_hash: str | None = None,
    *,
    senior: bool = False,
    timezone: str = "Asia/Bishkek",
) -> Person:
    """Add a person. Raises WrongUsage for an unknown role or a name that is taken."""
    _check_role(role)
    if by_name(connection, name) is not None:
        raise WrongUsage(f"{name!r} is taken. Choose another name; names are how decisions are signed.")
    new = Person(secrets.token_hex(8), name, email, role, senior, language, timezone, password_hash, False, 0, None)
    row = {field: getattr(new, field) for field in Person.__slots__}
    connection.execute(insert(person).values(**row, name_key=_key(name)))
    return new


def get(connection: Connection, person_id: str) -> Person | None:
    """A person by id."""
    return _person(connection.execute(_everybody().where(person.c.id == person_id)).one_or_none())


def by_name(connection: Connection, name: str) -> Person | None:
    """A person by name, whatever the case."""
    return _person(connection.execute(_everybody().where(person.c.name_key == _key(name))).one_or_none())


def by_email(connection: Connection, email: str) -> Person | None:
    """The first active person with this address."""
    query = _everybody().where(func.lower(person.c.email) == email.strip().lower(), person.c.disabled.is_(False))
    return _person(connection.execute(query.order_by(person.c.name).limit(1)).one_or_none())


def every(connection: Connection) -> list[Person]:
    """Everybody, by name."""
    return [Person(**row._mapping) for row in connection.execute(_everybody().order_by(person.c.name))]


def set_role(connection: Connection, person_id: str, role: str, *, senior: bool = False) -> None:
    """Give a person another role. WrongUsage when nobody active would be left to administer."""
    _check_role(role)
    if role != "admin":
        _keep_an_admin(connection, person_id)
    connection.execute(update(person).where(person.c.id == person_id).values(role=role, senior=senior))


def set_language(connection: Connection, person_id: str, language: str) -> None:
    """The language of a person's pages and mails."""
    connection.execute(update(person).where(person.c.id == person_id).values(language=language))


def set_password_hash(connection: Connection, person_id: str, password_hash: str) -> None:
    """Set the hash of a new password."""
    values = {"password_hash": password_hash, "failed_logins": 0, "locked_until": None}
    connection.execute(update(person).where(person.c.id == person_id).values(**values))


def disable(connection: Connection, person_id: str, disabled: bool = True) -> None:
    """Shut a person out, or let them in again; their decisions stay. WrongUsage for the last active admin."""
    if disabled:
        _keep_an_admin(connection, person_id)
    connection.execute(update(person).where(person.c.id == person_id).values(disabled=disabled))


def note_failed_login(connection: Connection, person_id: str, now: datetime) -> None:
    """Count a failed login; the fifth in a row locks the account for a quarter of an hour."""
    count = connection.execute(select(person.c.failed_logins).where(person.c.id == person_id)).scalar_one() + 1
    locked = now + LOCK_TIME if count >= MOST_FAILED_LOGINS else None
    values = {"failed_logins": 0 if locked else count, "locked_until": locked}
    connection.execute(update(person).where(person.c.id == person_id).values(**values))


def note_login(connection: Connection, person_id: str, now: datetime) -> None:
    """Note a login that worked at `now`, and forget failed ones."""
    values = {"failed_logins": 0, "locked_until": None, "last_login": now}
    connection.execute(update(person).where(person.c.id == person_id).values(**values))


def locked_until(connection: Connection, person_id: str, now: datetime) -> datetime | None:
    """When this account may try again, or None when it may now."""
    until = connection.execute(select(person.c.locked_until).where(person.c.id == person_id)).scalar_one_or_none()
    return until if until is not None and until > now else None


def _everybody() -> Select[Any]:
    return select(*(person.c[field] for field in Person.__slots__))


def _person(row: Row[Any] | None) -> Person | None:
    return Person(**row._mapping) if row is not None else None


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _keep_an_admin(connection: Connection, person_id: str) -> None:
    active = (person.c.role == "admin", person.c.disabled.is_(False))
    admins = set(connection.execute(select(person.c.id).where(*active)).scalars())
    if admins == {person_id}:
        raise WrongUsage("This is the last active admin. Make another person admin first.")


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise WrongUsage(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.")
