"""What the parser says when it cannot read a query."""

from __future__ import annotations

from chyrak.errors import WrongUsage

_WIDTH = 72


class QueryError(WrongUsage):
    """A query that cannot be read. Its text ends with the query and a caret under the character meant.

    `position` counts code points from 0; `suggestion` is query text or a word to put there, or empty.
    """

    def __init__(self, problem: str, query: str, position: int, suggestion: str = "") -> None:
        self.problem = problem
        self.query = query
        self.position = min(max(position, 0), len(query))
        self.suggestion = suggestion
        hint = f" Did you mean {suggestion}?" if suggestion else ""
        super().__init__(f"{problem}{hint}\n{self.pointer}")

    @property
    def pointer(self) -> str:
        """Two lines: the query (its part around the position when it is long) and the caret."""
        start = max(0, self.position - _WIDTH // 2)
        cut = self.query[start : start + _WIDTH]
        line = "".join(c if c.isprintable() else " " for c in cut)
        return f"  {line}\n  {' ' * (self.position - start)}^"
