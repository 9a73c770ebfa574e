"""One address for one page: `canonical_url` maps the spellings under which a page is linked to a single one."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

_DEFAULT_PORT = {"http": 80, "https": 443}
_AMP_TAIL = re.compile(r"/amp/?$", re.IGNORECASE)
# A posting without an address of its own is told apart by such a fragment (`crawlers.pages.sight.content_url`).
_OWN_FRAGMENT = re.compile(r"posting-[0-9a-f]{20}")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)


def canonical_url(url: str, *, www: str = "keep") -> str:
    """`url` with scheme and host in lower case and without default port, trailing host dot, fragment, tracking
    parameters and AMP marks; its remaining parameters sorted and its escapes in one spelling.

    `www="strip"` drops a leading `www.`, for sources that say so. Idempotent. A text that is no http(s) address is
    returned stripped of white space and otherwise unchanged.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    if parts.scheme.lower() not in _DEFAULT_PORT or not parts.hostname:
        return text
    mark = f"#{parts.fragment}" if _OWN_FRAGMENT.fullmatch(parts.fragment) else ""
    cleaned = _spell(urlunsplit(_bare(parts, port, www)))
    # Sorting and escaping may bring a mark to light that the first pass could not see.
    for _ in range(4):
        again = urlsplit(cleaned)
        nxt = _spell(urlunsplit(_bare(again, again.port, www)))
        if nxt == cleaned:
            break
        cleaned = nxt
    return cleaned + mark


def _spell(url: str) -> str:
    return str(canonicalize_url(url, keep_blank_values=True, keep_fragments=False))


def _bare(parts: SplitResult, port: int | None, www: str) -> SplitResult:
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").lower().rstrip(".")
    if www == "strip":
        host = host.removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORT[scheme]:
        host = f"{host}:{port}"
    path = _SESSION_IN_PATH.sub("", parts.path)
    while _AMP_TAIL.search(path):
        path = _AMP_TAIL.sub("/", path)
    return SplitResult(scheme, host, path or "/", _query(parts.query), "")


def _query(query: str) -> str:
    kept = []
    for piece in query.split("&"):
        pairs = parse_qsl(piece, keep_blank_values=True)
        if len(pairs) == 1 and (_is_tracking(pairs[0][0]) or _asks_for_amp(*pairs[0])):
            continue
        if piece:
            kept.append(piece)
    return "&".join(kept)


def _is_tracking(name: str) -> bool:
    exact, prefixes = _tracking()
    lowered = name.lower()
    return lowered in exact or lowered.startswith(prefixes)


def _asks_for_amp(name: str, value: str) -> bool:
    return value.lower() in _words()["amp"].get(name.lower(), ())


@lru_cache(maxsize=1)
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    names = _words()["tracking"]
    exact = frozenset(name for name in names if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names if name.endswith("*"))


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads(files("crawlers").joinpath("canonical.toml").read_text(encoding="utf-8"))
