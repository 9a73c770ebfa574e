"""Search: a query box, facets, sorting, highlighted hits, paging by cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from chyrak.errors import WrongUsage
from chyrak.records import Stance
from indexer import Hit, Page, Query, QueryError, SearchRequest, Sort, parse
from indexer.highlight import spans
from indexer.query import FIELDS, And, Is, Or
from review.masking import find_masks, mask_url
from review.office import office
from review.pages import Menu
from review.passage import Mark, Piece, cut
from review.permits import may, needs, pseudonymised
from review.pleas import without_pleas
from review.queries import LONGEST, by_link, recall, remember
from review.snippets import window
from review.speech import words
from review.trail import note

routes = Blueprint("search", __name__)
MENU = Menu(20, "search", "search.show", "search")

FACETS = ("level", "lang", "type", "indicator", "place", "stance", "source", "decision", "kind", "gone")
LINKS = ("contact", "campaign")
"""What an advert's page links to: others with the same contact, others of its campaign. Ticked, never counted."""

_HIDDEN = ("source", "contact")


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as the page prints it."""

    hit: Hit
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    url: str


@routes.post("/search")
@needs("search")
def ask() -> Response:
    """Take the typed query out of the request's body and go to an address that does not hold it."""
    text = request.form.get("query", "").strip()[:LONGEST]
    typed = by_link(text, office().vault, allowed=may(current_user.role, "contact_search"))
    kept = MultiDict((k, v) for k, v in request.form.items(multi=True) if k in _kept_fields())
    values: dict[str, Any] = {k: kept.getlist(k) for k in kept}
    return redirect(url_for("search.show", q=remember(typed) or None, **values), 303)


@routes.get("/search")
@needs("search")
def show() -> str | Response:
    """The hits of the query behind `q` under the ticked facets."""
    text = recall(request.args.get("q", "")[:16])
    problem: QueryError | None = None
    page: Page | None = None
    query = parse("")
    filters = _filters()
    if text is not None:
        try:
            query = parse(text)
            page = _search(query, filters)
        except QueryError as fault:
            problem = fault
    if page is not None:
        note("search", "search", query=str(query), filters={k: list(v) for k, v in filters.items()}, total=page.total)
    values = {
        "text": text or "",
        "gone": text is None,
        "problem": problem,
        "incomplete": page is not None and bool(office().engine.info().rebuild),
        "page": page,
        "shown": [_shown(hit, query) for hit in page.hits] if page else [],
        "filters": filters,
        "facets": _facets(),
        "sort": _sort().value,
        "sorts": [s.value for s in Sort],
        "collapse": _flag("collapse"),
        "one_script": _flag("one_script"),
        "key": request.args.get("q", "")[:16],
        "next": _address(cursor=page.next_cursor) if page and page.next_cursor else None,
        "first": _address() if request.args.get("cursor") else None,
    }
    part = "search_results.html" if request.headers.get("HX-Request") else "search.html"
    answer = make_response(render_template(part, **values), 400 if problem else 200)
    answer.vary.add("HX-Request")
    return answer


def _search(query: Query, filters: Mapping[str, tuple[str, ...]]) -> Page:
    root = query.root if _asks_for_pleas(filters) else without_pleas(query.root)
    linked = tuple(
        Or(tuple(Is(name, FIELDS[name].normal(value)) for value in filters[name])) for name in LINKS if name in filters
    )
    engine = office().engine
    engine.refresh()
    return engine.search(
        SearchRequest(
            Query(And((root, *linked)) if linked else root),
            filters={name: values for name, values in filters.items() if name not in LINKS},
            sort=_sort(),
            limit=20,
            cursor=request.args.get("cursor") or None,
            facets=_facets(),
            facet_size=12,
            collapse=_flag("collapse"),
            cross_script=not _flag("one_script"),
        )
    )


def _shown(hit: Hit, query: Query) -> Shown:
    """The document is masked in the index already; the masks here take what patterns find beyond it."""
    document = hit.document
    body, edge = f"{document.title}\n{document.text}", len(document.title)
    masks = find_masks(body, (), pseudonymise=pseudonymised(current_user.role))
    found = spans(query, document.title, document.text, cross_script=not _flag("one_script"))
    marks = [Mark(start, end, "", "hit") for start, end in found]
    start, end = window(body, edge + 1, found)
    return Shown(
        hit, tuple(cut(body, 0, edge, marks, masks)), tuple(cut(body, start, end, marks, masks)), mask_url(document.url)
    )


def _asks_for_pleas(filters: Mapping[str, tuple[str, ...]]) -> bool:
    """Pleas are found by caseworkers who ask for them alone: one never stands in a list beside adverts (ETH-08)."""
    return may(current_user.role, "protection_read") and filters.get("stance") == (Stance.SEEK.value,)


def _facets() -> tuple[str, ...]:
    return tuple(f for f in FACETS if f not in _HIDDEN) if pseudonymised(current_user.role) else FACETS


def _fields() -> tuple[str, ...]:
    return (*_facets(), *(f for f in LINKS if f not in _HIDDEN or not pseudonymised(current_user.role)))


def _filters() -> dict[str, tuple[str, ...]]:
    return {f: tuple(v[:64] for v in request.args.getlist(f)[:50]) for f in _fields() if request.args.getlist(f)}


def _sort() -> Sort:
    wanted = request.args.get("sort", Sort.LEVEL.value)
    try:
        return Sort(wanted)
    except ValueError as fault:
        raise WrongUsage(words().say("search.bad_sort")) from fault


def _flag(name: str) -> bool:
    return request.args.get(name) == "yes"


def _kept_fields() -> tuple[str, ...]:
    return (*_fields(), "sort", "collapse", "one_script")


def _address(cursor: str | None = None) -> str:
    """This search's address, at another page. It holds codes only."""
    kept: dict[str, Any] = {k: request.args.getlist(k) for k in request.args if k in (*_kept_fields(), "q")}
    return url_for("search.show", **kept, cursor=cursor)
