"""The one call into tantivy's searcher, with the types its stubs leave out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, cast

import tantivy


class Found(Protocol):
    """Hits as (score or sort value, address), and the exact total unless `count` was False."""

    @property
    def hits(self) -> Sequence[tuple[Any, tantivy.DocAddress]]:
        """In the order asked for."""
        ...

    @property
    def count(self) -> int:
        """How many documents match."""
        ...


def find(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    limit: int,
    *,
    by: str | None = None,
    rising: bool = False,
    offset: int = 0,
    count: bool = True,
) -> Found:
    """The best `limit` hits after `offset`, by the field `by` or by score."""
    order = tantivy.Order.Asc if rising else tantivy.Order.Desc
    return cast(Found, searcher.search(query, limit, count=count, order_by_field=by, offset=offset, order=order))
