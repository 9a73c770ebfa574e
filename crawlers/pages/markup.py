"""HTML -> plain text with the line breaks a reader sees, and the small readings every page kind shares."""

from __future__ import annotations

import re
from html import unescape

from lxml import etree, html
from lxml.html import HtmlElement

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "tr", "ul"),
    }
)
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "head", "iframe", "object", "svg", "button", "select", "textarea")
)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2007\u202f]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def tree(text: str) -> HtmlElement | None:
    """The parsed page, or None where there is nothing to parse."""
    if not text.strip():
        return None
    # lxml refuses text that names an encoding in an XML prolog, so it gets bytes and the truth.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, huge_tree=True)
    try:
        found = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return found if isinstance(found, HtmlElement) else None


def plain(fragment: str) -> str:
    """The visible text of an HTML fragment; text without markup comes back as it is, entities undone."""
    if "<" not in fragment:
        return tidy(unescape(fragment))
    root = tree(f"<div>{fragment}</div>")
    return "" if root is None else element_text(root)


def element_text(element: HtmlElement) -> str:
    """The visible text below `element`: a line break at every block and `<br>`, `- ` before list items."""
    pieces: list[str] = []
    _collect(element, pieces)
    return tidy("".join(pieces))


def tidy(text: str) -> str:
    """`text` without runs of spaces, blank lines at either end, or more than one blank line in a row."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """`text` on one line."""
    return " ".join(text.split())


def _collect(element: HtmlElement, pieces: list[str]) -> None:
    name = element.tag if isinstance(element.tag, str) else ""
    if name and name not in _SILENT:
        if name == "br":
            pieces.append("\n")
        breaks = name in _BLOCKS
        if breaks:
            pieces.append("\n")
        if name == "li":
            pieces.append("- ")
        pieces.append(_inline(element.text, name))
        for child in element:
            _collect(child, pieces)
        if breaks:
            pieces.append("\n\n" if name == "p" else "\n")
        elif name in ("td", "th"):
            pieces.append("  ")
    # The text after a silent element, a comment included, is the parent's.
    pieces.append(_inline(element.tail, ""))


def _inline(text: str | None, name: str) -> str:
    if not text:
        return ""
    return text if name == "pre" else re.sub(r"\s+", " ", text)
