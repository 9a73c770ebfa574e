"""Pleas for help and people who offer an organ: caseworkers only, never scored, never alerted (ETH-08)."""

from __future__ import annotations

from flask import Blueprint, render_template

from review.dossier import heading
from review.office import office
from review.pages import Menu
from review.permits import needs
from review.trail import note
from store import postings, queue, readings

routes = Blueprint("protection", __name__)
MENU = Menu(15, "protection", "protection.show", "protection_read")
_MOST = 100


@routes.get("/protection")
@needs("protection_read")
def show() -> str:
    """The oldest plea first."""
    with office().store.main.read() as c:
        rows = queue.protection(c, _MOST)
        ids = [row.posting_id for row in rows]
        kept, read = postings.many(c, ids), readings.many(c, ids)
    note("protection_read", "protection", shown=ids)
    headings = {i: heading(kept[i], read.get(i)) for i in ids if i in kept}
    return render_template("protection.html", rows=rows, headings=headings)
