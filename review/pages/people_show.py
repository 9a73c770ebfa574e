"""People: an admin adds them, gives roles, makes login links, shuts them out. Everything is noted."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

import store.sessions
from chyrak.errors import WrongUsage
from review.links import MINUTES, login_link
from review.office import office
from review.pages import Menu
from review.permits import needs
from review.speech import words
from review.trail import note_in
from review.wording import LANGUAGES
from store import people
from store.people import ROLES, Person

routes = Blueprint("people", __name__)
MENU = Menu(70, "people", "people.show", "people_edit")
_SENIOR_ROLES = ("investigator", "ngo_caseworker")


@routes.get("/people")
@needs("people_edit")
def show() -> str:
    """Everybody, those who may log in first."""
    return _page()


@routes.post("/people")
@needs("people_edit")
def add() -> str | Response | tuple[str, int]:
    """Add a person without a password: they come in by a login link."""
    form = request.form
    name = form.get("name", "").strip()
    try:
        if not 2 <= len(name) <= 60:
            raise WrongUsage(words().say("people.bad_name"))
        email = validate_email(form.get("email", ""), check_deliverability=False).normalized
        language = form.get("language", "")
        with office().store.main.begin() as c:
            role = form.get("role", "")
            senior = form.get("senior") == "yes" and role in _SENIOR_ROLES
            new = people.add(
                c,
                name,
                email,
                role,
                language if language in LANGUAGES else "en",
                senior=senior,
                timezone=office().settings.timezone,
            )
            note_in(c, "person_added", new.id, name=name, role=role, senior=senior)
    except EmailNotValidError:
        return _page(refused=words().say("people.bad_email")), 400
    except WrongUsage as fault:
        return _page(refused=str(fault)), 400
    flash(words().say("people.added", name=name), "good")
    return redirect(url_for("people.show"))


@routes.post("/people/<person_id>/role")
@needs("people_edit")
def set_role(person_id: str) -> str | Response | tuple[str, int]:
    """Give a person another role; what they may do changes with their next click."""
    role = request.form.get("role", "")
    senior = request.form.get("senior") == "yes" and role in _SENIOR_ROLES
    with office().store.main.begin() as c:
        person = _other(c, person_id)
        people.set_role(c, person_id, role, senior=senior)
        note_in(c, "role_set", person_id, before=person.role, role=role, senior=senior)
    flash(words().say("people.role_set", name=person.name), "good")
    return redirect(url_for("people.show"))


@routes.post("/people/<person_id>/disable")
@needs("people_edit")
def disable(person_id: str) -> Response:
    """Shut a person out at once, every session included, or let them in again."""
    out = request.form.get("disabled") == "yes"
    with office().store.main.begin() as c:
        person = _other(c, person_id)
        people.disable(c, person_id, out)
        store.sessions.drop_all_of(c, person_id)
        note_in(c, "person_disabled" if out else "person_enabled", person_id)
    flash(words().say("people.disabled" if out else "people.enabled", name=person.name), "good")
    return redirect(url_for("people.show"))


@routes.post("/people/<person_id>/link")
@needs("people_edit")
def make_link(person_id: str) -> str:
    """A one-time login link, shown once, to be given to the person by a channel the admin trusts."""
    with office().store.main.read() as c:
        person = people.get(c, person_id)
    if person is None:
        abort(404)
    link = login_link(
        office().settings,
        office().store,
        person.name,
        now=office().now(),
        made_by=current_user.name,
        base_url=office().settings.web.public_url or request.host_url,
    )
    return _page(link=link, link_for=person.name)


def _page(*, refused: str = "", link: str = "", link_for: str = "") -> str:
    with office().store.main.read() as c:
        everybody = sorted(people.every(c), key=lambda p: (p.disabled, p.name.casefold()))
    return render_template(
        "people.html",
        everybody=everybody,
        roles=ROLES,
        refused=refused,
        link=link,
        link_for=link_for,
        minutes=MINUTES,
        form=request.form,
        senior_roles=_SENIOR_ROLES,
    )


def _other(c: Connection, person_id: str) -> Person:
    """Somebody else: an admin who shuts themselves out could leave nobody to open again."""
    if person_id == current_user.person.id:
        raise WrongUsage(words().say("people.not_yourself"))
    person = people.get(c, person_id)
    if person is None:
        abort(404)
    return person
