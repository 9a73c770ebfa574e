"""Builds one `Sighting` from what a page gave; the only place that decides which fields may pass (ETH-09)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from chyrak.records import Capture, Kind, Sighting
from crawlers.canonical import canonical_url
from crawlers.pages.clean import without_noise
from crawlers.pages.markup import one_line, tidy
from crawlers.source import FIELDS, Source

_LONGEST_FIELD = 300
_KNOWN_LANGUAGES = frozenset({"ru", "ky", "kk", "uz", "tg", "tk", "en", "tr", "az", "uk", "tt", "mn", "fa", "zh"})


def sighting(
    source: Source,
    capture: Capture,
    *,
    url: str,
    title: str,
    text: str,
    kind: Kind | None = None,
    published_at: datetime | None = None,
    language: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Sighting | None:
    """The posting as this page showed it, or None when it has neither title nor text.

    A posting without an address of its own gets the page's with a fragment made from its content. Raises KeyError
    for a field that is not in `FIELDS`: what is not listed is not parsed.
    """
    heading = one_line(title)[:1000]
    body = without_noise(_without_heading(tidy(text), heading))
    if not heading and not body:
        return None
    for name in fields or {}:
        if name not in FIELDS:
            raise KeyError(f"field {name!r} is not one of {FIELDS}")
    kept = {name: one_line(value)[:_LONGEST_FIELD] for name, value in (fields or {}).items() if value.strip()}
    return Sighting(
        source=source.id,
        url=canonical_url(url, www=source.www) if url else content_url(capture.url, f"{heading}\n{body}", source),
        kind=kind or source.posting_kind,
        title=heading,
        text=body,
        seen_at=capture.fetched_at,
        published_at=published_at,
        lang_hint=_language(language, source),
        fields=kept,
        archive_ref=capture.archive_ref,
        body_sha256=capture.body_sha256,
    )


def _without_heading(text: str, heading: str) -> str:
    """`text` without a first line that repeats the title, which stands before the text anyway."""
    line, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and one_line(line) == heading else text


def content_url(page_url: str, identity: str, source: Source) -> str:
    """A stable address for a posting that has none: the page's, with a fragment made from `identity`."""
    mark = hashlib.sha256(" ".join(identity.split()).encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"{canonical_url(page_url, www=source.www)}#posting-{mark}"


def _language(declared: str | None, source: Source) -> str | None:
    short = (declared or "").replace("_", "-").split("-")[0].strip().lower()
    if short in _KNOWN_LANGUAGES:
        return short
    return source.languages[0] if len(source.languages) == 1 else None
