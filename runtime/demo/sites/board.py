"""A job board: a paged listing and advert pages with JobPosting data, whole on one board and patchy on another."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, request
from markupsafe import Markup

from runtime.demo.clock import Shown
from runtime.demo.sites.scene import Scene, absolute, application, missing, page, paragraphs, rfc3339

PAGE_SIZE = 15
_TORN = 3
"""On a patchy board one advert in this many carries structured data that cannot be parsed, another one none at all."""


def build(scene: Scene) -> Flask:
    """The board's application: `/` sends to `/vacancies?page=N`, adverts stand at `/vacancy/<number>`.

    The forbidden section has its own listing `/closed/` and adverts at `/closed/<number>`, linked from every page.
    """
    app = application(scene)

    @app.get("/")
    @app.get("/vacancies")
    def listing() -> Response:
        shown = scene.shown()
        last = max(1, -(-len(shown) // PAGE_SIZE))
        number = min(max(request.args.get("page", 1, type=int), 1), last)
        return page(
            scene,
            "board_listing.html",
            adverts=shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            number=number,
            last=last,
            members=scene.shown(forbidden=True),
        )

    @app.get("/vacancy/<int:number>")
    def vacancy(number: int) -> Response:
        return _advert(scene, number, forbidden=False)

    @app.get("/closed/")
    def closed_section() -> Response:
        return page(
            scene,
            "board_listing.html",
            adverts=scene.shown(forbidden=True),
            number=1,
            last=1,
            members=(),
        )

    @app.get("/closed/<int:number>")
    def closed_vacancy(number: int) -> Response:
        return _advert(scene, number, forbidden=True)

    return app


def _advert(scene: Scene, number: int, *, forbidden: bool) -> Response:
    found, status = scene.find(number)
    if found is None or found.item.forbidden != forbidden:
        return missing(scene, 404 if found else status)
    return page(
        scene,
        "board_vacancy.html",
        advert=found,
        structured=structured(scene.site.structured, found, absolute(f"/vacancy/{number}"), scene.site.name),
        rfc3339=rfc3339,
    )


def structured(manner: str, advert: Shown, url: str, board: str) -> Markup:
    """The JSON-LD of an advert as the board's manner has it; empty where the board states none."""
    posting = _job_posting(advert, url)
    if manner == "graph":
        crumbs = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": board}]}
        site = {"@type": "WebSite", "name": board}
        return _script({"@context": "https://schema.org", "@graph": [site, crumbs, posting]})
    whole = {"@context": "https://schema.org", **posting}
    turn = advert.item.number % _TORN
    if turn == 1:
        return Markup("")
    script = _script(whole)
    # Cut in the middle of a value, as a board does that truncates its own template.
    return script if turn == 2 else Markup(script[: len(script) // 2])  # noqa: S704 - a part of escaped text


def _job_posting(advert: Shown, url: str) -> dict[str, Any]:
    item = advert.item
    posting: dict[str, Any] = {
        "@type": "JobPosting",
        "title": advert.title,
        "description": str(paragraphs(advert.text)),
        "datePosted": rfc3339(advert.published),
        "url": url,
        "identifier": {"@type": "PropertyValue", "name": "id", "value": str(item.number)},
    }
    if item.employer:
        posting["hiringOrganization"] = {"@type": "Organization", "name": item.employer}
    if item.city:
        address = {"@type": "PostalAddress", "addressLocality": item.city}
        posting["jobLocation"] = {"@type": "Place", "address": address}
    if item.salary:
        value = {"@type": "QuantitativeValue", "minValue": item.salary.minimum, "unitText": item.salary.period}
        if item.salary.maximum:
            value["maxValue"] = item.salary.maximum
        posting["baseSalary"] = {"@type": "MonetaryAmount", "currency": item.salary.currency, "value": value}
    return posting


def _script(value: dict[str, Any]) -> Markup:
    # `<` is written as an escape of JSON, so that no text can end the script element.
    return Markup(json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c"))  # noqa: S704 - escaped here
