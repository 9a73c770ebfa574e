"""Puts the application together: sessions, login, CSRF, headers, words, pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from flask_security import Security
from flask_wtf.csrf import CSRFProtect

from chyrak.settings import Settings
from indexer import Engine
from review.accounts import Accounts
from review.faults import explain_faults
from review.headers import guard_answers
from review.office import Office
from review.pages import register_pages
from review.passwords import password_config
from review.policy import load_policy
from review.sessions import StoredSessions
from review.surroundings import surround
from review.wording import all_texts
from store import Store
from store.keys import load_keys
from store.vault import Vault


def create_app(
    settings: Settings, store: Store, *, engine: Engine | None = None, now: Callable[[], datetime] | None = None
) -> Flask:
    """The review application on an open store.

    `engine` is opened from the settings by the first search when none is given. `now` is the clock.
    Raises AskOperator for a policy, text or page file that does not load.
    """
    keys = load_keys(settings.home)
    https = settings.web.public_url.startswith("https://")
    app = Flask("review")
    app.config.update(
        password_config(keys),
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1_000_000,
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    all_texts()
    office = Office(settings, store, Vault(keys), load_policy(settings.home), now or _utc_now, engine)
    app.extensions["chyrak"] = office
    app.session_interface = StoredSessions(office, https=https)
    Security(app, Accounts(store), register_blueprint=False)
    CSRFProtect(app)
    guard_answers(app, https=https)
    surround(app)
    explain_faults(app)
    register_pages(app)
    return app


def _utc_now() -> datetime:
    return datetime.now(UTC)
