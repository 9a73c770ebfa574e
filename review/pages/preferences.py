"""The reader's own choices: language, softened text, single keys. Kept in the session."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, session
from werkzeug.wrappers import Response

from review.wording import LANGUAGES

routes = Blueprint("preferences", __name__)


@routes.post("/language")
def choose_language() -> Response:
    """Switch the language of the pages."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
    return redirect(_back())


@routes.post("/comfort")
def choose_comfort() -> Response:
    """Turn blur, greyscale (ETH-29) or single keys on or off."""
    wanted = request.form.get("turn", "")
    if wanted in ("blur", "grey", "keys"):
        session[wanted] = not session.get(wanted)
    return redirect(_back())


def _back() -> str:
    """The page the form stood on; only its path, so that nobody is sent off this site."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host or came.path.startswith("//") or not came.path:
        return "/"
    return f"{came.path}?{came.query}" if came.query else came.path
