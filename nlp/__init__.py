"""Text in, `Reading` out. Knows nothing of the store, the crawlers or the web."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.lines import as_line, text_posting

if TYPE_CHECKING:
    from nlp.pipeline import load, read

__all__ = ["as_line", "load", "read", "text_posting"]


def __getattr__(name: str) -> Any:
    # spaCy takes a second to import, and most processes only want names, definitions or fingerprints.
    if name in ("load", "read"):
        from nlp import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'nlp' has no attribute {name!r}")
