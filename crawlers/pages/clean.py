"""Keeps what changes at every visit out of a posting's text, so that a counter never counts as an edit."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lxml.html import HtmlElement

from crawlers.pages.markup import tidy


def without_noise(text: str) -> str:
    """`text` without the lines that are nothing but a view counter, a relative or publication date, or a button.

    Only whole lines go: a number or date inside a sentence is the advert's own and stays.
    """
    pattern = _noise()
    return tidy("\n".join(line for line in text.split("\n") if not pattern.fullmatch(line.strip(" -•·|"))))


def drop_counters(root: HtmlElement) -> None:
    """Take the elements out of `root` that hold counters, comments, profiles or lists of other adverts (ETH-09)."""
    words = _counter_words()
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element is root or element.tag in ("html", "body", "main", "article"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')} {element.get('data-qa', '')}".lower().split()
        if any(name in words for name in names):
            element.drop_tree()


@lru_cache(maxsize=1)
def _noise() -> re.Pattern[str]:
    lines = _words()["lines"]
    alternatives = (
        pattern.replace("NUMBER", lines["number"]).replace("DATE", lines["date"]) for pattern in lines["patterns"]
    )
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), re.IGNORECASE)


@lru_cache(maxsize=1)
def _counter_words() -> frozenset[str]:
    return frozenset(_words()["elements"]["words"])


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads(files("crawlers.pages").joinpath("noise.toml").read_text(encoding="utf-8"))
