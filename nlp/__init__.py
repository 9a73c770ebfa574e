"""Text in, `Reading` out. Knows nothing of the store, the crawlers or the web."""

from nlp.lines import as_line, text_posting
from nlp.pipeline import load, read

__all__ = ["as_line", "load", "read", "text_posting"]
