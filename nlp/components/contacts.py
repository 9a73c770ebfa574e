"""Ways to reach the advertiser: telephones, messengers, accounts, e-mail, links, bots and forms.

Everything found is masked in what leaves this module as `masked`; `value` may go to the vault and nowhere else.
A number is a `phone` by whatever messenger it is to be reached, so that one person's adverts link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from chyrak.records import Contact, Span
from chyrak.text import Folded, fold
from nlp.components.contact_data import contact_data
from nlp.components.phones import country_of, find_phones, says_zero
from nlp.components.stretches import Stretches

__all__ = ["country_of", "find_contacts"]

_WORTH_A_LOOK = re.compile(r"@|[0-9oо][0-9oо \-.()\n]{4,}[0-9oоil]|[a-z0-9]\.[a-z]{2}|://|_")
_EMAIL = re.compile(r"(?<![\w.+-])[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,5}")
_LINK = re.compile(
    r"(?<![\w@.])(?:(?P<scheme>https?|tg|viber|whatsapp)://)?(?P<host>(?:[a-z0-9_-]{1,63}\.){1,6}[a-z]{2,12}|(?<=://)[a-z]+)"
    r"(?P<rest>[/?][^\s\"<>]{0,300})?(?![\w@])"
)
_HANDLE = re.compile(r"(?<![\w@./])@ ?([a-z][a-z0-9_.]{2,31})")
_NAME = re.compile(r"[\s:.\-=,(]{0,4}@?([a-z][a-z0-9_]{4,31})(?![\w@])")
_ACCOUNT_WORD = re.compile(r"(?<![\w@])([^\W_]+(?:-[^\W_]+)?)$")
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    value: str
    start: int
    end: int


def find_contacts(folded: Folded, languages: Sequence[str] = ()) -> tuple[Contact, ...]:
    """Every contact in reading order, each value once per place it stands at.

    Kinds: phone (E.164), telegram, whatsapp (a group), instagram, tiktok, vk, ok, facebook, imo, viber, wechat, max,
    email, bot, form, link. `languages` help to tell whose a local number is.
    """
    text = folded.text
    if not _WORTH_A_LOOK.search(text) and not says_zero(text):
        return ()
    found: list[_Found] = []
    for finder in (_emails, _links, _handles, _named_accounts):
        others = Stretches((item.start, item.end) for item in found)
        found += [item for item in finder(folded) if not others.meets(item.start, item.end)]
    taken = [(item.start, item.end) for item in found]
    found += [_Found("phone", p.number, p.start, p.end) for p in find_phones(folded, languages, taken)]
    return tuple(_contact(folded, item) for item in sorted(found, key=lambda item: item.start))


def _contact(folded: Folded, item: _Found) -> Contact:
    start, end = folded.span(item.start, item.end)
    return Contact(item.kind, item.value, _masked(item), Span(start, end, folded.original[start:end]))


def _masked(item: _Found) -> str:
    """Enough to recognise, too little to use: the last two signs."""
    if item.kind == "phone":
        return f"+…{item.value[-2:]}"
    return f"{item.kind} …{item.value[-2:]}"


def _emails(folded: Folded) -> Iterator[_Found]:
    if "@" in folded.text:
        for mail in _EMAIL.finditer(folded.text):
            yield _Found("email", mail[0].rstrip(".-"), mail.start(), mail.end())


def _links(folded: Folded) -> Iterator[_Found]:
    if "." not in folded.text and "://" not in folded.text:
        return
    for link in _LINK.finditer(folded.text):
        host = link["host"]
        if not link["scheme"] and host.rpartition(".")[2] not in _top_domains() and not host.startswith("www."):
            continue
        end = link.end() - len(link[0]) + len(link[0].rstrip(".,;:!?)'\""))
        first, last = folded.span(link.start(), end)
        item = _service(folded.original[first:last], folded.text[link.start() : end])
        if item:
            yield _Found(*item, link.start(), end)


def _service(written: str, plain: str) -> tuple[str, str] | None:
    """Kind and value of a link; codes of invitations keep their case, names do not."""
    try:
        parts = urlsplit(plain if "://" in plain else f"https://{plain}")
        same = urlsplit(written if "://" in written else f"https://{written}")
    except ValueError:
        return ("link", plain)
    host = (parts.hostname or parts.netloc).removeprefix("www.")
    path = [step for step in parts.path.split("/") if step]
    code = [step for step in same.path.split("/") if step] if len(same.path) == len(parts.path) else path
    query = parse_qs(parts.query)
    if parts.scheme in ("tg", "viber", "whatsapp"):
        return _by_scheme(parts.scheme, query) or ("link", plain)
    kind = _kinds_by_host().get(host, "link")
    if kind == "telegram" and path:
        return _telegram(path, code)
    if kind == "whatsapp":
        return _whatsapp(host, path, code, query)
    if kind in ("instagram", "tiktok", "vk", "ok", "facebook", "max") and path:
        name = next((step for step in path if step not in ("m", "p", "reel", "s", "profile", "groups", "stories")), "")
        return kind, name.lstrip("@") or host
    if kind == "form" and host == "docs.google.com" and "forms" not in path:
        kind = "link"
    value = "/".join([host, *code]) if path else host
    return kind, value


def _by_scheme(scheme: str, query: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    if scheme == "tg":
        for key, form in (("domain", "{}"), ("invite", "invite:{}")):
            if key in query:
                name = form.format(query[key][0])
                return ("bot" if name.endswith("bot") else "telegram"), name
    number = (query.get("number") or query.get("phone") or [""])[0]
    digits = re.sub(r"\D", "", number)
    return ("phone", f"+{digits}") if len(digits) >= 8 else None


def _telegram(path: Sequence[str], code: Sequence[str]) -> tuple[str, str]:
    name = path[0]
    if name.startswith("+") and name[1:].isdigit() and len(name) > 9:
        return "phone", name
    if name.startswith("+"):
        return "telegram", f"invite:{code[0][1:]}"
    if name == "joinchat" and len(path) > 1:
        return "telegram", f"invite:{code[1]}"
    if name in ("s", "c") and len(path) > 1:
        name = path[1]
    return ("bot" if name.endswith("bot") else "telegram"), name.lstrip("@")


def _whatsapp(
    host: str, path: Sequence[str], code: Sequence[str], query: Mapping[str, Sequence[str]]
) -> tuple[str, str] | None:
    digits = re.sub(r"\D", "", (query.get("phone") or [path[0] if path else ""])[0])
    if host != "chat.whatsapp.com" and len(digits) >= 8:
        return "phone", f"+{digits}"
    return ("whatsapp", "/".join(code)) if code else None


def _handles(folded: Folded) -> Iterator[_Found]:
    if "@" not in folded.text:
        return
    for handle in _HANDLE.finditer(folded.text):
        name = handle[1].rstrip("._")
        if len(name) >= 4:
            kind = "instagram" if "." in name else _service_before(folded.text, handle.start()) or "telegram"
            yield _Found("bot" if name.endswith("bot") else kind, name, handle.start(), handle.start(1) + len(name))


def _service_before(text: str, start: int) -> str | None:
    before = text[max(0, start - _LOOK_BACK) : start].rstrip(" :-=.,(")
    word = _ACCOUNT_WORD.search(before)
    return _account_words().get(word[1]) if word else None


def _named_accounts(folded: Folded) -> Iterator[_Found]:
    """Accounts without @: тг example_name."""
    for word in _account_pattern().finditer(folded.text):
        name = _NAME.match(folded.text, word.end())
        if name and ("_" in name[1] or any(sign.isdigit() for sign in name[1])):
            kind = "bot" if name[1].endswith("bot") else _account_words()[word[1]]
            yield _Found(kind, name[1], name.start(1), name.end(1))


@lru_cache(maxsize=1)
def _account_words() -> Mapping[str, str]:
    return {fold(word).text: kind for kind, words in contact_data().account_words.items() for word in words}


@lru_cache(maxsize=1)
def _account_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@])({'|'.join(map(re.escape, sorted(_account_words(), key=len, reverse=True)))})(?!\w)")


@lru_cache(maxsize=1)
def _kinds_by_host() -> Mapping[str, str]:
    return {host.removeprefix("www."): kind for kind, hosts in contact_data().hosts.items() for host in hosts}


@lru_cache(maxsize=1)
def _top_domains() -> frozenset[str]:
    return frozenset(contact_data().top_domains)
