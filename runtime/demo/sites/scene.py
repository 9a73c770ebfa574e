"""What every made-up site has: its items, the clock, robots.txt, and pages in its own encoding."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, render_template, request
from markupsafe import Markup

from runtime.demo.clock import Shown, TownClock, is_gone, is_out
from runtime.demo.content import Item, Site, Words

TEMPLATES = Path(__file__).parents[1] / "templates"
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Scene:
    """One site with what it publishes. `requests` counts the answers by path prefix, for the status page."""

    site: Site
    words: Words
    items: tuple[Item, ...]
    clock: TownClock
    now: Callable[[], datetime]
    requests: Counter[str] = field(default_factory=Counter)

    def shown(self, *, forbidden: bool = False) -> list[Shown]:
        """What is out now, newest first; the forbidden section is apart from the rest."""
        late = self.site.months_old * _MONTH
        shown = self.clock.shown([item for item in self.items if item.forbidden == forbidden], self.now())
        return [Shown(s.item, s.title, s.text, s.published - late, s.updated - late) for s in shown] if late else shown

    def find(self, number: int) -> tuple[Shown | None, int]:
        """The item of that number as it reads now, or None with the status to answer: 404, or its own 410."""
        elapsed = self.clock.elapsed(self.now())
        for item in self.items:
            if item.number == number and is_out(item, elapsed):
                return next(s for s in self.shown(forbidden=item.forbidden) if s.item is item), 200
            if item.number == number and is_gone(item, elapsed):
                return None, item.gone_status
        return None, 404


def application(scene: Scene) -> Flask:
    """An application with robots.txt, an error page and the counter; the kinds add their pages to it."""
    app = Flask(f"runtime.demo.sites.{scene.site.id}", template_folder=str(TEMPLATES), static_folder=None)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["paragraphs"] = paragraphs
    app.jinja_env.filters["breaks"] = breaks

    @app.before_request
    def count() -> None:
        scene.requests[section(request.path)] += 1

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(scene.site.robots, mimetype="text/plain")

    return app


def section(path: str) -> str:
    """The first step of a path, such as `/closed`: what requests are counted by."""
    return "/" + path.lstrip("/").split("/", 1)[0]


def page(scene: Scene, template: str, *, status: int = 200, kind: str = "text/html", **values: object) -> Response:
    """A page in the site's encoding, answered with 304 where the asker has it already."""
    text = render_template(template, site=scene.site, **{"page_language": "", "words": scene.words, **values})
    encoding = scene.site.encoding
    response = Response(
        text.encode(encoding, "xmlcharrefreplace"), status=status, content_type=f"{kind}; charset={encoding}"
    )
    if status == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


def missing(scene: Scene, status: int) -> Response:
    """The page of something that is not there (404) or not there any more (410)."""
    return page(scene, "missing.html", status=status, code=status)


def paragraphs(text: str) -> Markup:
    """Plain text as HTML paragraphs: an empty line parts them, a single one breaks the line."""
    return Markup("").join(Markup("<p>{}</p>\n").format(breaks(part)) for part in text.split("\n\n"))


def breaks(text: str) -> Markup:
    """Plain text with every line end as a `<br/>`, as the channel previews write it."""
    return Markup("<br/>").join(Markup(html.escape(line, quote=False)) for line in text.split("\n"))  # noqa: S704 - escaped here


def absolute(path: str, **values: str | int) -> str:
    """A full address on this site."""
    query = "&".join(f"{name}={quote(str(value))}" for name, value in values.items())
    return request.host_url.rstrip("/") + path + (f"?{query}" if query else "")


def rfc3339(moment: datetime) -> str:
    """As Atom and JSON-LD write a time."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
