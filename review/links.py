"""Makes a one-time login link, the way in for a person who has no password yet."""

from __future__ import annotations

from datetime import datetime

import store.audit
import store.people
import store.sessions
from chyrak.errors import WrongUsage
from chyrak.settings import Settings
from store import Store

MINUTES = 30


def login_link(
    settings: Settings,
    store_: Store,
    name: str,
    *,
    now: datetime,
    made_by: str,
    base_url: str = "",
    minutes: int = MINUTES,
) -> str:
    """An address that logs `name` in once, within `minutes` of `now`; `made_by` goes to the audit chain.

    `base_url` is where the pages answer, `web.public_url` or host and port of the settings when empty.
    Raises WrongUsage for an unknown or disabled person.
    """
    base = (base_url or settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/")
    with store_.main.begin() as c:
        person = store.people.by_name(c, name)
        if person is None or person.disabled:
            state = "is disabled" if person else "does not exist"
            raise WrongUsage(f"Person {name!r} {state}. See `chyrak user list`, or add one with `chyrak user add`.")
        token = store.sessions.make_link(c, person.id, now, minutes=minutes)
        store.audit.append(c, made_by, "login_link_made", person.id, {"minutes": minutes}, now)
    return f"{base}/login/{token}"
