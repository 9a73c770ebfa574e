"""Logging in by name and password or by a one-time link, and logging out."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_security.utils import login_user, logout_user, verify_password
from werkzeug.wrappers import Response

import store.audit
import store.people
import store.sessions
from review.accounts import Account
from review.office import office
from review.passwords import blank_hash
from review.permits import may
from review.speech import words

routes = Blueprint("login", __name__)


@routes.get("/login")
def show() -> str | Response:
    """The form."""
    if current_user.is_authenticated:
        return redirect(_home())
    return render_template("login.html", refused=None, name="")


@routes.post("/login")
def enter() -> str | Response:
    """Check name and password; five wrong ones in a row close the account's door for a while."""
    name = request.form.get("name", "").strip()[:100]
    password = request.form.get("password", "")[:1000]
    office_ = office()
    with office_.store.main.begin() as c:
        person = store.people.by_name(c, name)
        wait = store.people.locked_until(c, person.id, office_.now()) if person else None
    if wait:
        return _refuse("login.throttled", name, 429)
    # A hash is checked for an unknown name too, so that the time taken does not tell which names exist.
    own = person.password_hash if person and not person.disabled else None
    right = verify_password(password, own or blank_hash())
    if person is None or own is None or not right:
        with office_.store.main.begin() as c:
            if person:
                store.people.note_failed_login(c, person.id, office_.now())
                store.audit.append(c, person.name, "login_refused", person.id, {}, office_.now())
        return _refuse("login.wrong", name, 401)
    return _let_in(Account(person), "password")


@routes.get("/login/<token>")
def link(token: str) -> str:
    """A button only: mail scanners follow links, and following this one must not use it up."""
    return render_template("login_link.html", token=token)


@routes.post("/login/<token>")
def follow(token: str) -> str | Response:
    """Use the link up and log its person in."""
    office_ = office()
    with office_.store.main.begin() as c:
        person_id = store.sessions.use_link(c, token, office_.now())
        person = store.people.get(c, person_id) if person_id else None
    if person is None or person.disabled:
        return make_response(render_template("login.html", refused=words().say("login.link_over"), name=""), 401)
    return _let_in(Account(person), "link")


@routes.post("/logout")
def leave() -> Response:
    """End the session here and in the store."""
    if current_user.is_authenticated:
        with office().store.main.begin() as c:
            store.audit.append(c, current_user.name, "logout", current_user.person.id, {}, office().now())
    logout_user()
    session.clear()
    return redirect(url_for("login.show"))


def _let_in(account: Account, by: str) -> Response:
    goal = session.get("next", "")
    language = session.get("language")
    session.clear()
    session.renew()  # type: ignore[attr-defined]  # our own session class
    login_user(account, remember=False, authn_via=[by])
    if language:
        session["language"] = language
    with office().store.main.begin() as c:
        store.people.note_login(c, account.person.id, office().now())
        store.audit.append(c, account.name, "login", account.person.id, {"by": by}, office().now())
    safe = goal.startswith("/") and not goal.startswith(("//", "/log")) and "\\" not in goal
    return redirect(goal if safe else _home())


def _refuse(key: str, name: str, status: int) -> Response:
    return make_response(render_template("login.html", refused=words().say(key), name=name), status)


def _home() -> str:
    """The first page a role may see."""
    if may(current_user.role, "queue_read"):
        return url_for("queue.show")
    return url_for("search.show" if may(current_user.role, "search") else "about.show")


@routes.get("/")
def home() -> Response:
    """Send people to their first page."""
    if not current_user.is_authenticated:
        return redirect(url_for("login.show"))
    return redirect(_home())
