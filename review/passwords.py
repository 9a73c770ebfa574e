"""Makes the hash that the login page can check: argon2 over an HMAC with the deployment's own salt."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_security import Security, hash_password

from chyrak.errors import WrongUsage
from review.accounts import Accounts
from store.keys import Keys

SHORTEST = 12


def password_config(keys: Keys) -> Mapping[str, Any]:
    """The settings of Flask-Security that decide how a hash is made and checked."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SALT": keys.password.hex(),
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECRET_KEY": keys.session.hex(),
    }


def hashed(password: str, keys: Keys) -> str:
    """The hash to keep for `password`, for `store.people.add` and `set_password_hash`.

    Raises WrongUsage for a password shorter than 12 characters.
    """
    if len(password) < SHORTEST:
        raise WrongUsage(f"The password has {len(password)} characters. Give at least {SHORTEST}: four words will do.")
    app = Flask(__name__)
    app.config.update(password_config(keys))
    Security(app, Accounts(None), register_blueprint=False)
    with app.app_context():
        return str(hash_password(password))


@lru_cache(maxsize=1)
def blank_hash() -> str:
    """A hash nobody knows the password of, to be checked for names that do not exist. Needs an app context."""
    return str(hash_password(secrets.token_urlsafe(32)))
