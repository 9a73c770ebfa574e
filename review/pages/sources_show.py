"""How each source does, and an admin's switches over it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from review.office import office
from review.pages import Menu
from review.permits import needs
from review.speech import words
from review.trail import note
from store.crawl import health, runs, schedule

routes = Blueprint("sources", __name__)
MENU = Menu(40, "sources", "sources.show", "sources_read")
TROUBLED = ("failing", "refused", "stale")


@routes.get("/sources")
@needs("sources_read")
def show() -> str:
    """The ones in trouble first."""
    with office().store.crawl.read() as c:
        found = health.health(c, office().now())
        planned = {row.source: row for row in schedule.every(c)}
        last = {row.source: runs.recent(c, row.source, 5) for row in planned.values()}
    found.sort(key=lambda h: (h.state not in TROUBLED, h.state == "off", h.source))
    return render_template("sources.html", sources=found, planned=planned, runs=last, troubled=TROUBLED)


@routes.post("/sources/<source>/<action>")
@needs("source_steer")
def steer(source: str, action: str) -> Response:
    """Throw or release a source's kill switch (ETH-17), or ask for a crawl at the next heartbeat."""
    steps = {
        "pause": lambda c: schedule.pause(c, source, True),
        "resume": lambda c: schedule.pause(c, source, False),
        "run": lambda c: schedule.run_now(c, source),
    }
    if action not in steps:
        abort(404)
    with office().store.crawl.begin() as c:
        if not steps[action](c):
            abort(404)
    note(f"source_{action}", source)
    flash(words().say(f"source.done.{action}", source=source), "good")
    return redirect(url_for("sources.show"))
