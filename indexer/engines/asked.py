"""A search request as steps, the same for every engine."""

from __future__ import annotations

from chyrak.errors import WrongUsage
from indexer.ordering import KEY_FIELDS, Cursor
from indexer.query.fields import FIELDS
from indexer.query.plan import AllOf, AnyOf, Between, HasValue, Step, plan
from indexer.requests import FACETS, SearchRequest, Sort

MOST_HITS = 1000


def check(request: SearchRequest) -> None:
    """Raises WrongUsage for a facet, filter, limit or histogram that no engine has."""
    for name in (*request.facets, *request.filters):
        if name not in FACETS:
            raise WrongUsage(f"There is no facet {name!r}. Facets: {', '.join(FACETS)}.")
    if not 1 <= request.limit <= MOST_HITS:
        raise WrongUsage(f"A page holds 1 to {MOST_HITS} hits, not {request.limit}.")
    if request.histogram not in (None, "month", "week", "day"):
        raise WrongUsage(f"There is no histogram by {request.histogram!r}; by month, week or day.")


def wanted(request: SearchRequest, *, without: str | None = None) -> Step:
    """The query and its filters, except the filter of the facet `without`."""
    filters = ticked(request, without=without)
    asked = plan(request.query, request.cross_script)
    return AllOf((asked, *filters)) if filters else asked


def ticked(request: SearchRequest, *, without: str | None = None) -> tuple[Step, ...]:
    """The filters alone, except that of the facet `without`; all must hold."""
    return tuple(
        AnyOf(tuple(HasValue((facet_field(name),), FIELDS[name].normal(value)) for value in values))
        for name, values in sorted(request.filters.items())
        if values and name != without
    )


def after(step: Step, cursor: Cursor | None) -> Step:
    """What of `step` comes after the cursor in its order."""
    if cursor is None or cursor.key is None:
        return step
    field = KEY_FIELDS[cursor.sort]
    if cursor.sort is Sort.OLDEST:
        return AllOf((step, Between(field, cursor.key, None, low_open=True)))
    return AllOf((step, Between(field, None, cursor.key, high_open=True)))


def facet_field(name: str) -> str:
    """The keyword field that holds the values of a facet."""
    return {"level": "level_key"}.get(name, name)
