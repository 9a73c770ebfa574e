"""Keeps what people type into the search box out of addresses: the session holds the text, the address a key."""

from __future__ import annotations

import hashlib
import re

import phonenumbers
from flask import session

from chyrak.errors import WrongUsage
from review.speech import words
from store.vault import Vault

_MOST = 30
LONGEST = 500
_PHONE = re.compile(r"(?<![\w:])(?:\+\s?\d(?:[\s().–-]{0,2}\d){7,14}|\d{9,15})(?!\w)")


def remember(text: str) -> str:
    """The key of `text` in this session; empty for an empty query."""
    if not text:
        return ""
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    kept = {k: v for k, v in session.get("queries", {}).items() if k != key}
    session["queries"] = dict([*kept.items(), (key, text)][-_MOST:])
    return key


def recall(key: str) -> str | None:
    """The text behind a key; None when it belongs to another session or is long gone."""
    return "" if not key else session.get("queries", {}).get(key)


def by_link(text: str, vault: Vault, *, allowed: bool) -> str:
    """`text` with each phone number turned into the keyed link that the index knows it by (ETH-10).

    Raises WrongUsage for a phone number when the person may not search by contact.
    """

    def linked(hit: re.Match[str]) -> str:
        if not allowed:
            raise WrongUsage(words().say("search.no_phones"))
        digits = re.sub(r"\D", "", hit.group())
        try:
            number = phonenumbers.parse(f"+{digits}", None)
            digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        except phonenumbers.NumberParseException:
            digits = f"+{digits}"
        return f"contact:{vault.link('phone', digits)}"

    return _PHONE.sub(linked, text)
