"""The parts of a page that a source's own CSS selectors name, for boards that mark nothing up."""

from __future__ import annotations

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from crawlers.pages.markup import element_text, one_line
from crawlers.source import FIELDS, Select


def select_text(root: HtmlElement, selector: str) -> str:
    """The text of every element `selector` finds, a blank line between them; empty without a selector or a hit."""
    if not selector:
        return ""
    return "\n\n".join(filter(None, (element_text(hit) for hit in CSSSelector(selector)(root))))


def select_fields(root: HtmlElement, select: Select) -> dict[str, str]:
    """The five fields, as far as the source has selectors for them."""
    found = {name: one_line(_first(root, getattr(select, name))) for name in FIELDS}
    return {name: value for name, value in found.items() if value}


def drop(root: HtmlElement, selector: str) -> None:
    """Take everything `selector` finds out of the page."""
    if selector:
        for element in CSSSelector(selector)(root):
            if element.getparent() is not None:
                element.drop_tree()


def _first(root: HtmlElement, selector: str) -> str:
    if not selector:
        return ""
    hits = CSSSelector(selector)(root)
    if not hits:
        return ""
    return hits[0].get("datetime") or hits[0].get("content") or element_text(hits[0])


def select_first(root: HtmlElement, selector: str) -> str:
    """The first hit's `datetime` or `content` attribute, or its text."""
    return _first(root, selector)
