"""What Chyrak is, what its figures do not mean, and where to object. Open to everybody: it holds no data."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from review.office import office
from review.pages import Menu

routes = Blueprint("about", __name__)
MENU = Menu(90, "about", "about.show")


@routes.get("/about")
def show() -> str:
    """Meaning and limits."""
    return render_template("about.html", report_to=office().settings.crawl.contact_url)


@routes.get("/alive")
def alive() -> Response:
    """Says that the pages answer and the store can be read, for a supervisor."""
    with office().store.main.read():
        return Response("alive\n", mimetype="text/plain")
