"""The mail ledger: every digest, whether it left, and what the other side answered."""

from __future__ import annotations

from flask import Blueprint, render_template

from review.office import office
from review.pages import Menu
from review.permits import needs
from store import mails, matches

routes = Blueprint("mail", __name__)
MENU = Menu(50, "mail", "mail.show", "mail_read")
_MOST = 200


@routes.get("/mail")
@needs("mail_read")
def show() -> str:
    """The newest mails first."""
    with office().store.main.read() as c:
        rows, standing = mails.ledger(c, _MOST), matches.counts(c)
    return render_template("mail.html", rows=rows, matches=standing, most=_MOST)
