"""A newspaper: a feed in RSS or Atom (or a page that pretends to be one) and article pages."""

from __future__ import annotations

from email.utils import format_datetime

from flask import Flask, Response

from runtime.demo.sites.scene import Scene, absolute, application, missing, page, rfc3339

_IN_FEED = 40
_LEAD = 220


def build(scene: Scene) -> Flask:
    """The newspaper's application: `/`, `/feed.xml`, `/news/<number>.html`."""
    app = application(scene)

    @app.get("/")
    def front() -> Response:
        shown = scene.shown()
        return page(scene, "outlet_front.html", articles=shown)

    @app.get("/feed.xml")
    def feed() -> Response:
        shown = scene.shown()[:_IN_FEED]
        if scene.site.feed == "html":
            return page(scene, "outlet_front.html", articles=shown)
        kind = "application/atom+xml" if scene.site.feed == "atom" else "application/rss+xml"
        return page(
            scene,
            f"feed_{scene.site.feed}.xml",
            kind=kind,
            articles=shown,
            home=absolute("/"),
            self=absolute("/feed.xml"),
            link=lambda article: absolute(f"/news/{article.item.number}.html"),
            lead=lambda article: lead(article.text),
            rfc822=format_datetime,
            rfc3339=rfc3339,
        )

    @app.get("/news/<int:number>.html")
    def article(number: int) -> Response:
        found, status = scene.find(number)
        if found is None:
            return missing(scene, status)
        others = [one for one in scene.shown() if one.item is not found.item][:4]
        return page(
            scene,
            "outlet_article.html",
            article=found,
            page_language=found.item.language,
            others=others,
            url=absolute(f"/news/{number}.html"),
            rfc3339=rfc3339,
        )

    return app


def lead(text: str) -> str:
    """The first paragraph, cut at a word where it is long."""
    first = text.split("\n\n", 1)[0].replace("\n", " ")
    if len(first) <= _LEAD:
        return first
    return first[:_LEAD].rsplit(" ", 1)[0] + "…"
