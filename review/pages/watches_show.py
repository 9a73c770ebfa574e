"""Watches: saved searches with the people they write to; added, looked at beforehand, changed, paused."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

import store.watches
from alerts.check import Fault
from alerts.preview import Preview, preview
from alerts.rhythm import RHYTHMS
from chyrak.errors import ChyrakError
from chyrak.records import Watch
from chyrak.taxonomy import exploitation_types
from indexer import QueryError
from review.office import office
from review.pages import Menu
from review.permits import may, needs
from review.queries import by_link, recall
from review.speech import words
from review.trail import note, note_in
from review.watchform import Allowed, allowed_recipients, read_form, watch_faults
from store import people

routes = Blueprint("watches", __name__)
MENU = Menu(30, "watches", "watches.show", "watch_read")
LANGUAGES = ("ru", "ky", "kk", "uz", "tg", "tk", "en")
_NEW = Watch("", "", "", 2, (), "daily", "", most_a_day=5)


@routes.get("/watches")
@needs("watch_read")
def show() -> str:
    """Every watch, those that run first."""
    with office().store.main.read() as c:
        every = sorted(store.watches.every(c), key=lambda w: (w.paused, w.name.casefold()))
    return render_template("watches.html", watches=every)


@routes.get("/watches/new")
@needs("watch_edit")
def new() -> str:
    """An empty form, or one that holds the search the person came from."""
    text = recall(request.args.get("q", "")[:16]) or ""
    start = replace(
        _NEW,
        query=text,
        recipients=(current_user.email,),
        languages=tuple(v for v in request.args.getlist("lang") if v in LANGUAGES),
        exploitation=tuple(v for v in request.args.getlist("type") if v in exploitation_types()),
        places=tuple(v[:40] for v in request.args.getlist("place")[:10]),
        min_level=min((int(v) for v in request.args.getlist("level") if v in ("1", "2", "3", "4")), default=2),
    )
    return _form(start, [])


@routes.get("/watches/<watch_id>")
@needs("watch_edit")
def change(watch_id: str) -> str:
    """The form of a watch that is there."""
    return _form(_get(watch_id), [])


@routes.post("/watches/look")
@needs("watch_edit")
def look() -> str | tuple[str, int]:
    """What the watch would have found, without keeping it."""
    watch = _read(request.form.get("id") or None)
    found = watch_faults(watch, _allowed(), words())
    seen = None if any(f.field == "query" for f in found) else _look(watch)
    if seen:
        shown = [hit.document.id for hit in seen.hits]
        note("watch_looked", watch.id if request.form.get("id") else "", query=watch.query, shown=shown)
    if request.headers.get("HX-Request"):
        return render_template("watch_preview.html", seen=seen, faults=[f for f in found if f.field == "query"])
    return _form(watch, found, seen), 400 if found else 200


@routes.post("/watches")
@needs("watch_edit")
def save() -> str | Response | tuple[str, int]:
    """Keep a new or changed watch, or show what is wrong with it."""
    watch_id = request.form.get("id") or None
    before = _get(watch_id) if watch_id else None
    watch = _read(watch_id)
    if before:
        watch = replace(watch, owner=before.owner, paused=before.paused)
    found = watch_faults(watch, _allowed(), words())
    if found:
        return _form(watch, found), 400
    with office().store.main.begin() as c:
        store.watches.save(c, watch)
        note_in(c, "watch_changed" if before else "watch_added", watch.id, name=watch.name, query=watch.query)
    flash(words().say("watch.saved", name=watch.name), "good")
    return redirect(url_for("watches.show"))


@routes.post("/watches/<watch_id>/pause")
@needs("watch_pause")
def pause(watch_id: str) -> Response:
    """Stop a watch, or let it go on."""
    paused = request.form.get("paused") == "yes"
    watch = _get(watch_id)
    with office().store.main.begin() as c:
        store.watches.pause(c, watch_id, paused)
        note_in(c, "watch_paused" if paused else "watch_resumed", watch_id)
    flash(words().say("watch.paused_now" if paused else "watch.runs_now", name=watch.name), "good")
    return redirect(url_for("watches.show"))


def _form(watch: Watch, found: list[Fault], seen: Preview | None = None) -> str:
    return render_template(
        "watch_form.html",
        watch=watch,
        editing=bool(request.form.get("id") or request.view_args),
        faults={f.field: f.says for f in reversed(found)},
        seen=seen,
        allowed=_allowed(),
        rhythms=RHYTHMS,
        types=exploitation_types(),
        reading_languages=LANGUAGES,
    )


def _read(watch_id: str | None) -> Watch:
    watch = read_form(request.form, current_user.name, watch_id)
    return replace(watch, query=by_link(watch.query, office().vault, allowed=may(current_user.role, "contact_search")))


def _look(watch: Watch) -> Preview | None:
    try:
        office().engine.refresh()
        return preview(watch, office().engine, office().now(), limit=5)
    except QueryError:
        return None
    except ChyrakError as fault:
        flash(str(fault), "bad")
        return None


def _get(watch_id: str) -> Watch:
    with office().store.main.read() as c:
        watch = store.watches.get(c, watch_id)
    if watch is None:
        abort(404)
    return watch


def _allowed() -> Allowed:
    with office().store.main.read() as c:
        return allowed_recipients(office().settings.mail.allowed_recipients, people.every(c))
