"""Finds what must not be read off a page: ways to reach the advertiser and, for researchers, names and addresses too.

ETH-06: a page shows no digit of a phone beyond the last two until an investigator gives a reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from chyrak.records import Contact, Span

DOTS = "•••"
_PHONES = re.compile(
    r"\+\s?\d(?:[\s().–-]{0,2}\d){6,14}"  # an international number however it is spaced
    r"|(?<!\d)\d{9,15}(?!\d)"  # nine or more digits in one run
    r"|(?<!\d)0[1-9]\d{1,2}(?:[\s().–-]{1,2}\d{2,3}){2,3}(?!\d)"  # a national number in groups
    r"|(?<!\d)(?:8|7|90|971|99[2368])(?:[\s().–-]{1,2}\d{2,4}){3,5}(?!\d)"  # a number in groups, no plus
)
_ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w@])@[A-Za-z]\w{3,}", re.ASCII)
_LINKS = re.compile(
    r"(?:https?://|www\.|(?:t\.me|wa\.me|vk\.com|instagram\.com|ok\.ru|imo\.im)/)[^\s<>\"'«»]+", re.IGNORECASE
)
_HALF_MASKED = re.compile(r"\+?\d{1,4}[\s(-]{0,2}•[\s•()-]*\d{0,4}")
_MASKED_IN_INDEX = re.compile(r"\+…\d{1,2}|\b[a-z]{2,12} …\w{1,3}")
_LONG_NUMBERS = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_MESSENGERS = re.compile(r"(?:wa\.me|whatsapp\.com|t\.me|viber|imo\.im|tel:)", re.IGNORECASE)
_WORD = r"[^\W\d_][\w'’]+"
_RUNS = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class Mask:
    """A stretch of the body that is shown as `shown` instead."""

    start: int
    end: int
    shown: str


def find_masks(body: str, contacts: Iterable[Contact], *, names: bool = True, pseudonymise: bool = False) -> list[Mask]:
    """The masks of `body` in reading order, none overlapping.

    Contacts that the reading found come first, then whatever else looks like a phone, an address or a link to a
    profile, then, with `names`, personal names that a cue gives away. `pseudonymise` also takes long numbers.
    """
    spans = [(contact.span, contact.masked) for contact in contacts if contact.span is not None]
    found = [Mask(span.start, span.end, _shown(masked)) for span, masked in spans]
    for pattern in (_HALF_MASKED, _LINKS, _ADDRESSES, _PHONES):
        found += [Mask(hit.start(), hit.end(), _keep_last_two(hit.group())) for hit in pattern.finditer(body)]
    if names or pseudonymise:
        beside = [span for span, _ in spans] or [Span(m.start, m.end, "") for m in found]
        beside += [Span(hit.start(), hit.end(), "") for hit in _MASKED_IN_INDEX.finditer(body)]
        found += [Mask(hit.start("name"), hit.end("name"), DOTS) for hit in _cues().finditer(body)]
        found += _names_beside(body, beside)
    if pseudonymise:
        found += [Mask(hit.start(), hit.end(), DOTS) for hit in _LONG_NUMBERS.finditer(body)]
    return _without_overlap(found, len(body))


def mask(text: str, contacts: Iterable[Contact] = (), *, names: bool = True, pseudonymise: bool = False) -> str:
    """`text`, which is the body or the title that begins it, with every mask put in."""
    parts: list[str] = []
    at = 0
    for one in find_masks(text, contacts, names=names, pseudonymise=pseudonymise):
        parts += text[at : one.start], one.shown
        at = one.end
    return "".join((*parts, text[at:]))


def safe(masked: str) -> str:
    """A masked form that shows at most the last two digits, whatever the reading put into it."""
    return _shown(masked)


def mask_url(url: str) -> str:
    """The address of an advert, its digits hidden where the address itself is a way to reach somebody."""
    if _MESSENGERS.search(url):
        return _RUNS.sub(lambda run: DOTS + run.group()[-2:], url)
    return url


def _shown(masked: str) -> str:
    return _keep_last_two(masked) if any(c.isdigit() for c in masked) else masked or DOTS


def _keep_last_two(text: str) -> str:
    digits = [c for c in text if c.isdigit()]
    return f"{DOTS}{''.join(digits[-2:])}" if len(digits) >= 7 or text[:1] == "+" else _dotted(text)


def _dotted(text: str) -> str:
    digits = [at for at, c in enumerate(text) if c.isdigit()]
    if len(digits) <= 2 and "•" in text:
        return text
    return DOTS


def _without_overlap(found: list[Mask], length: int) -> list[Mask]:
    kept: list[Mask] = []
    for one in sorted(found, key=lambda m: (m.start, -m.end)):
        if one.start >= one.end or one.start >= length:
            continue
        if kept and one.start < kept[-1].end:
            if one.end > kept[-1].end:  # the tail of an overlapping find is just as much a contact
                kept[-1] = Mask(kept[-1].start, one.end, kept[-1].shown)
            continue
        kept.append(Mask(one.start, min(one.end, length), one.shown))
    return kept


@lru_cache(maxsize=1)
def _cues() -> re.Pattern[str]:
    words = "|".join(
        re.escape(word) for group in _words()["cues"].values() for word in sorted(group, key=len, reverse=True)
    )
    return re.compile(rf"(?i:(?<!\w)(?:{words}))[\s:,—–-]{{1,3}}(?P<name>[A-ZА-ЯЁӨҮҢҒҚҰӘІҺҲҶҚӢӮЎŽŇÇŞÝÄÖÜ][\w'’-]+)")


def _names_beside(body: str, contacts: list[Span]) -> list[Mask]:
    """A capitalised word right before or after a contact: mostly the name of who answers."""
    found = []
    for span in contacts:
        offset = max(0, span.start - 40)
        before = re.search(rf"({_WORD})[ :,—–(-]{{1,3}}$", body[offset : span.start])
        if before and _may_name(before.group(1)):
            found.append(Mask(offset + before.start(1), offset + before.end(1), DOTS))
        after = re.match(rf"[ :,—–(-]{{1,3}}({_WORD})", body[span.end : span.end + 40])
        if after and _may_name(after.group(1)):
            found.append(Mask(span.end + after.start(1), span.end + after.end(1), DOTS))
    return found


def _may_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper() and word not in _no_names()


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return frozenset(word for group in _words()["no_names"].values() for word in group)


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("review").joinpath("names.toml").read_text(encoding="utf-8"))
