"""Turns the form of a watch into a `Watch` and says what is wrong with it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from alerts.check import Fault, faults
from chyrak.records import Watch
from review.queries import LONGEST
from review.wording import Texts
from store.people import Person


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may get alerts (ETH-05): addresses to tick, and domains under which others may be written."""

    addresses: tuple[str, ...]
    domains: tuple[str, ...]

    def takes(self, address: str) -> bool:
        """Whether this address may be a recipient."""
        lowered = address.lower()
        return lowered in {a.lower() for a in self.addresses} or any(lowered.endswith(d.lower()) for d in self.domains)


def allowed_recipients(listed: Collection[str], people: Sequence[Person]) -> Allowed:
    """The setting's allow list; while it is empty, the active people of this deployment."""
    if listed:
        return Allowed(tuple(a for a in listed if not a.startswith("@")), tuple(a for a in listed if a.startswith("@")))
    return Allowed(tuple(dict.fromkeys(p.email for p in people if not p.disabled and p.email)), ())


def read_form(form: MultiDict[str, str], owner: str, watch_id: str | None = None) -> Watch:
    """The watch the form describes, whatever is wrong with it. A number that is none becomes one that is refused."""
    typed = [a.strip() for a in form.get("other_recipients", "").replace(";", ",").split(",") if a.strip()]
    return Watch(
        id=watch_id or secrets.token_hex(8),
        name=form.get("name", "").strip()[:120],
        query=form.get("query", "").strip()[:LONGEST],
        min_level=_whole(form.get("min_level", ""), -1) or 0,
        recipients=tuple(dict.fromkeys((*filter(None, form.getlist("recipients")), *typed)))[:50],
        rhythm=form.get("rhythm", ""),
        owner=owner,
        exploitation=tuple(form.getlist("exploitation")),
        languages=tuple(form.getlist("languages")),
        places=tuple(p.strip() for p in form.get("places", "").split(",") if p.strip())[:30],
        quiet_from=_whole(form.get("quiet_from", ""), -1),
        quiet_to=_whole(form.get("quiet_to", ""), -1),
        most_a_day=_whole(form.get("most_a_day", ""), 0) or 0,
    )


def watch_faults(watch: Watch, allowed: Allowed, t: Texts) -> list[Fault]:
    """Every fault in the words `t`, an address outside the allow list included.

    Why a query cannot be read is said as the parser says it: its sentence points at a place in the query.
    """
    found = [
        Fault(f.field, t.say(f"watch_fault.{f.field}")) if t.has(f"watch_fault.{f.field}") else f for f in faults(watch)
    ]
    strangers = [address for address in watch.recipients if not allowed.takes(address)]
    if strangers:
        found.append(Fault("recipients", t.say("watch.not_allowed", addresses=", ".join(strangers))))
    return found


def _whole(text: str, otherwise: int) -> int | None:
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.lstrip("-").isdigit() else otherwise
