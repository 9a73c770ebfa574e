"""What a page says of itself: JSON-LD (top level, @graph, arrays, broken ones too), microdata, meta tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

from crawlers.pages.markup import tree

Thing = Mapping[str, Any]
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)"
    r"|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_NESTED_KEYS = ("@graph", "itemListElement", "item", "mainEntity", "mainEntityOfPage", "about", "hasPart")
_DEEPEST = 8


def things(text: str, url: str, *types: str) -> list[Thing]:
    """Every JSON-LD thing of one of these schema.org types, in page order; microdata where there is no JSON-LD one."""
    wanted = frozenset(types)
    found = [thing for thing in json_ld(text) if wanted & _types(thing)]
    return found or [thing for thing in _microdata(text, url) if wanted & _types(thing)]


def json_ld(text: str) -> Iterator[Thing]:
    """Every JSON-LD object of the page, nested ones after the one that holds them."""
    root = tree(text)
    if root is None:
        return
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            for value in _values(script.text or ""):
                yield from _walk(value, 0)


def meta(root: HtmlElement, *names: str) -> str:
    """The content of the first of these meta tags (by name, property or itemprop) that has any."""
    contents: dict[str, str] = {}
    for element in root.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            name = (element.get(attribute) or "").strip().lower()
            content = (element.get("content") or "").strip()
            if name and content:
                contents.setdefault(name, content)
    return next((contents[name] for name in names if name in contents), "")


def words(value: Any) -> str:
    """A schema.org value as text: names of things, items of lists joined by commas."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, Mapping):
        return words(value.get("name") or value.get("@value") or value.get("value") or "")
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, (words(item).strip() for item in value))))
    return ""


def first(value: Any) -> Any:
    """The first item of a list, anything else as it is."""
    return value[0] if isinstance(value, list) and value else (None if isinstance(value, list) else value)


def _types(thing: Thing) -> set[str]:
    kind = thing.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return {str(name).rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in names if name}


def _walk(value: Any, depth: int) -> Iterator[Thing]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _NESTED_KEYS:
            if isinstance(value.get(key), dict | list):
                yield from _walk(value[key], depth + 1)


def _values(script: str) -> Iterator[Any]:
    """The JSON values in a script: a CDATA or comment wrapping, raw line breaks and several objects are put up with."""
    text = script.strip()
    for _ in range(2):
        text = _WRAPPING.sub("", text).strip()
    decoder = json.JSONDecoder(strict=False)
    mended = False
    position = 0
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            if mended:
                return
            mended, text = True, text[:position] + _TRAILING_COMMA.sub(r"\1", text[position:])
            continue
        yield value
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1


def _microdata(text: str, url: str) -> Iterator[Thing]:
    if "itemtype" not in text:
        return
    import extruct  # half a second, and few pages need it

    found = extruct.extract(text, base_url=url, syntaxes=["microdata"], errors="ignore", uniform=True)
    yield from (thing for thing in found.get("microdata", ()) if isinstance(thing, dict))
