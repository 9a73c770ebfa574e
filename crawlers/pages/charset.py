"""Bytes of a page or feed -> text, whatever its headers, prolog or meta tags claim."""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]+)|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_LATIN_SHARE = 0.25


def to_text(body: bytes, content_type: str | None = None) -> str:
    """`body` as text; bytes no charset explains become U+FFFD, never an error.

    Byte order mark first; then UTF-8 whenever the bytes are UTF-8, since prose in another charset hardly ever is and
    many a prolog lies; then what the header, the prolog or a meta tag (however late) says, if the bytes agree; then a
    guess between the Cyrillic charsets and windows-1252.
    """
    bom, rest = read_bom(body)
    if bom and rest is not None:
        return body.decode(bom, "replace").lstrip("\ufeff")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        whole = body[: fault.start]
        cut_short = fault.reason == "unexpected end of data" and not whole.isascii()
    if cut_short:
        return body.decode("utf-8", "replace")
    for name in _claims(body, content_type):
        if name == "utf-8":
            continue
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    guess = _guess(body)
    claimed_utf8 = "utf-8" in _claims(body, content_type)
    if claimed_utf8 and _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(guess, "replace")


def _claims(body: bytes, content_type: str | None) -> list[str]:
    named = [http_content_type_encoding(content_type), html_body_declared_encoding(body)]
    found = _DECLARED.search(body)
    if found:
        named.append(resolve_encoding((found[1] or found[2]).decode("ascii", "replace")))
    return [name for name in dict.fromkeys(named) if name and _known(name)]


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _mostly_utf8(body: bytes) -> bool:
    text = body.decode("utf-8", "replace")
    good = sum(1 for letter in text if letter > "\x7f" and letter != "\ufffd")
    return good > 4 * text.count("\ufffd")


def _guess(body: bytes) -> str:
    high = sum(byte > 0x7F for byte in body)
    letters = high + sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in _outside_tags(body))
    if not letters or high / letters < _LATIN_SHARE:
        return "cp1252"
    # KOI8-R read as windows-1251 swaps small and capital letters, and the other way round: prose is mostly small.
    return max(
        ("cp1251", "koi8-r", "cp866", "iso8859-5"), key=lambda name: _small_cyrillic(body.decode(name, "replace"))
    )


def _outside_tags(body: bytes) -> bytes:
    return re.sub(rb"<[^>]*>", b"", body)


def _small_cyrillic(text: str) -> int:
    return sum("а" <= letter <= "я" for letter in text) - sum("А" <= letter <= "Я" for letter in text)
