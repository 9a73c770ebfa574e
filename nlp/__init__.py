"""Text in, `Reading` out. Knows nothing of the store, the crawlers or the web."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nlp.lines import as_line, text_posting

if TYPE_CHECKING:
    from nlp.pipeline import load
    from nlp.reader import Reader, load_reader, read

__all__ = ["Reader", "as_line", "load", "load_reader", "read", "text_posting"]


def __getattr__(name: str) -> Any:
    # Most processes only want names, definitions or fingerprints, and none but notebooks want spaCy: it takes a second.
    if name == "load":
        from nlp.pipeline import load

        return load
    if name in ("Reader", "load_reader", "read"):
        from nlp import reader

        return getattr(reader, name)
    raise AttributeError(f"module 'nlp' has no attribute {name!r}")
