"""The audit chain: who saw, searched, revealed, decided; and the check that nothing was altered."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from review.office import office
from review.pages import Menu
from review.permits import needs
from review.trail import note
from store import audit

routes = Blueprint("audit", __name__)
MENU = Menu(60, "audit", "audit.show", "audit_read")
_PAGE = 50


@routes.get("/audit")
@needs("audit_read")
def show() -> str:
    """The newest events first."""
    return _page(None)


@routes.post("/audit/verify")
@needs("audit_read")
def verify() -> str:
    """Follow the whole chain and say what is wrong with it."""
    with office().store.main.read() as c:
        problems = audit.verify(c)
    note("audit_verified", "audit", problems=len(problems))
    return _page(problems)


def _page(problems: list[str] | None) -> str:
    before = request.args.get("before", type=int)
    with office().store.main.read() as c:
        events = audit.tail(c, _PAGE + 1, before)
    following = events[_PAGE - 1].number if len(events) > _PAGE else None
    return render_template("audit.html", events=events[:_PAGE], next=following, problems=problems, before=before)
