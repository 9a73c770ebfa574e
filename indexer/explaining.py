"""How a query was understood: its tree, the steps it came to, and what each engine makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from indexer.engines.choose import engine, names
from indexer.query import Query
from indexer.query.plan import plan


def explain(query: Query, *, cross_script: bool = True) -> str:
    """The query for a person who wonders why it finds what it finds. Nothing is asked of any index."""
    step = plan(query, cross_script)
    parts = [
        ("query", str(query)),
        ("tree", "\n".join(_tree(query.root))),
        ("steps", "\n".join(_tree(step))),
        *((name, engine(name).explained(step)) for name in sorted(names())),
    ]
    return "\n\n".join(f"{heading}\n{_moved_in(text)}" for heading, text in parts)


def _tree(node: object, depth: int = 0) -> Iterator[str]:
    """One line a node, its children below it and further in."""
    plain: list[str] = []
    children: list[object] = []
    for field in fields(node):  # type: ignore[arg-type]
        value = getattr(node, field.name)
        if hasattr(value, "__dataclass_fields__"):
            children.append(value)
        elif isinstance(value, tuple) and value and hasattr(value[0], "__dataclass_fields__"):
            children += value
        elif value not in (None, False):
            plain.append(f"{field.name}={value!r}")
    yield "  " * depth + " ".join([type(node).__name__, *plain])
    for child in children:
        yield from _tree(child, depth + 1)


def _moved_in(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
