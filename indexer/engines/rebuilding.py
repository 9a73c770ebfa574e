"""A whole new index in place of the old one, the same for every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from indexer.engines.base import Apply, Engine


@contextmanager
def rebuilt(engine: Engine) -> Iterator[Apply]:
    """See `Engine.rebuild`."""
    engine.begin_beside()
    try:
        made = engine.beside()
        assert made is not None  # noqa: S101 - it was begun just now
        with made.writer():
            yield made.apply
        made.filled()
        made.close()
        engine.swap()
    except BaseException:
        engine.drop_beside()
        raise
    engine.drop_beside()
