"""The public preview of a broadcast channel (`t.me/s/NAME`): posts with text, and where the older ones stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from lxml.html import HtmlElement

from chyrak.errors import SkipItem
from chyrak.records import Capture, Sighting
from crawlers.pages.charset import to_text
from crawlers.pages.dates import read_date
from crawlers.pages.feed import header
from crawlers.pages.markup import element_text, tree
from crawlers.pages.sight import sighting
from crawlers.source import Source

_TITLE_LENGTH = 120
_SENTENCE = re.compile(rf"([^\n]{{8,{_TITLE_LENGTH}}}?[.!?…])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Post:
    """One post: its number in the channel, address, text, time, the numbers of its album, the post it answers."""

    id: int
    url: str
    text: str
    published: str
    album: tuple[int, ...]
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """What the preview shows: oldest post first, and the address of the older page, if any."""

    title: str
    posts: tuple[Post, ...]
    older: str | None


def read_channel(body: bytes, *, url: str, content_type: str | None) -> Channel:
    """The posts on a preview page.

    Raises SkipItem when the page shows no channel: it does not exist, is private, or its preview is switched off.
    """
    root = tree(to_text(body, content_type))
    if root is None or not _having(root, "tgme_channel_info", "tgme_channel_history", "tgme_widget_message"):
        raise SkipItem(f"{url} shows no public channel preview. The channel is private, gone, or has it switched off.")
    posts = tuple(filter(None, (_post(element, url) for element in _having(root, "tgme_widget_message"))))
    titles = _having(root, "tgme_channel_info_header_title")
    return Channel(element_text(titles[0]) if titles else "", posts, _older(root, url))


def sightings(capture: Capture, body: bytes, source: Source) -> list[Sighting]:
    """Every post with text as a posting; its first line is the title. Views, reactions and authors are not read."""
    channel = read_channel(body, url=capture.final_url, content_type=header(capture, "content-type"))
    found = []
    for post in channel.posts:
        if not post.text:
            continue
        title, text = _heading(post.text)
        shown = sighting(
            source,
            capture,
            url=post.url,
            title=title,
            text=text,
            published_at=read_date(post.published, now=capture.fetched_at),
        )
        if shown is not None:
            found.append(shown)
    return found


def _heading(text: str) -> tuple[str, str]:
    """Title and rest. A post has no title of its own: its first line or sentence serves, when it is short enough."""
    line, _, rest = text.partition("\n")
    if len(line) > _TITLE_LENGTH or not rest.strip():
        sentence = _SENTENCE.match(text)
        if not sentence:
            return "", text
        line, rest = sentence[1], text[sentence.end() :]
    return line, rest.strip()


def _post(element: HtmlElement, page_url: str) -> Post | None:
    name, _, number = (element.get("data-post") or "").rpartition("/")
    if not name or not number.isdecimal():
        return None
    texts = [hit for hit in _having(element, "tgme_widget_message_text") if not _in_reply(hit, element)]
    # A post's text element is doubled when it stands inside another one: only the outermost counts.
    outer = [hit for hit in texts if not any(parent in texts for parent in hit.iterancestors())]
    bodies = list(dict.fromkeys(filter(None, (element_text(hit) for hit in outer))))
    times = [hit.get("datetime") for hit in element.iter("time") if hit.get("datetime")]
    reply = next((hit.get("href") for hit in _having(element, "tgme_widget_message_reply") if hit.get("href")), "")
    return Post(
        id=int(number),
        url=_address(element, page_url, name, number),
        text="\n\n".join(bodies),
        published=str(times[-1]) if times else "",
        album=_album(element, int(number)),
        reply_to=_number(reply),
    )


def _address(element: HtmlElement, page_url: str, name: str, number: str) -> str:
    for link in _having(element, "tgme_widget_message_date"):
        if link.get("href"):
            parts = urlsplit(urljoin(page_url, link.get("href", "")))
            return str(urlunsplit((parts.scheme, parts.netloc, parts.path.replace("/s/", "/", 1), "", "")))
    return urljoin(page_url, f"/{name}/{number}")


def _album(element: HtmlElement, own: int) -> tuple[int, ...]:
    numbers = {own}
    grouped = _having(element, "tgme_widget_message_grouped_wrap", "tgme_widget_message_grouped")
    for group in grouped:
        numbers.update(filter(None, (_number(link.get("href") or "") for link in group.iter("a"))))
    return tuple(sorted(numbers)) if grouped else ()


def _older(root: HtmlElement, page_url: str) -> str | None:
    for link in root.iter("link", "a"):
        href = link.get("href") or ""
        if "before=" in href and ("prev" in (link.get("rel") or "") or link.get("data-before")):
            return str(urljoin(page_url, href))
    return None


def _number(href: str) -> int | None:
    found = re.search(r"/(\d+)(?:\?|$)", href)
    return int(found[1]) if found else None


def _having(root: HtmlElement, *names: str) -> list[HtmlElement]:
    return list(_iter_having(root, frozenset(names)))


def _iter_having(root: HtmlElement, names: frozenset[str]) -> Iterator[HtmlElement]:
    for element in root.iter():
        if isinstance(element, HtmlElement) and names & set((element.get("class") or "").split()):
            yield element


def _in_reply(element: HtmlElement, limit: HtmlElement) -> bool:
    for parent in (element, *element.iterancestors()):
        if parent is limit:
            return False
        if any(
            name.startswith(("tgme_widget_message_reply", "js-message_reply"))
            for name in (parent.get("class") or "").split()
        ):
            return True
    return False
