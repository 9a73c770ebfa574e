"""Places an advert names, and what part each plays: where the work is, where people come from, the way between.

Stems of all languages lie in one automaton; a hit counts when it starts a word and is followed by a case ending.
The part is read from the word before (в, из, дар, from), from the ending (-га, -дан, 'ya), or from arrows and lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import ahocorasick
from pydantic import BaseModel, ConfigDict

from chyrak.datafiles import load_yaml
from chyrak.records import Place, Span
from chyrak.text import Folded, fold, lazy

HOME = frozenset({"KG", "KZ", "UZ", "TJ", "TM"})
"""The five states whose people the adverts are aimed at."""
ABROAD = "XA"
"""Country code of "abroad", "чет өлкө" and the like; other codes beginning with X are regions."""

_LOOK_BACK = 48
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_BEFORE = re.compile(r"([^\W_]+)(?:[ \".#(:-]|\n)*$")
_AFTER = re.compile(r"[ \")]*([^\W_]+)")
_REST = re.compile(r"[^\W_]*(?:'[^\W_]+)?")
_ARROW = re.compile(r"\s*(?:→|➡|⇒|➔|->|=>|>)\s*")
_DASH = re.compile(r"\s*-\s*")
_LIST = re.compile(
    r"[\s\"]*(?:[,/+&]|\bи\b|\bили\b|\bva\b|\bва\b|\bжана\b|\bжане\b|\band\b|\bor\b|\byoki\b|\bже\b)?[\s\"]*"
)
_VOWELS = "[аеиоуыэюяйьaeiouyh]{0,3}"


class _Country(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    stems: tuple[str, ...]
    cities: Mapping[str, tuple[str, ...]]


class _Context(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    destination: tuple[str, ...]
    origin: tuple[str, ...]
    transit: tuple[str, ...]
    transit_after: tuple[str, ...]
    carriers: tuple[str, ...]
    between: tuple[str, ...]
    name_before: tuple[str, ...]
    name_after: tuple[str, ...]


class _Gazetteer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    as_of: Any
    reviewed: Mapping[str, str | None]
    sets: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, _Country]
    context: _Context
    suffixes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Stem:
    country: str
    name: str
    length: int
    mark: str  # "" a stem, "=" a whole word, "^" with its capital, "!" all capitals


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    country: str
    name: str
    role: str


def find_places(folded: Folded) -> tuple[Place, ...]:
    """Every place named, in reading order; `role` is destination, origin, transit or named.

    `country` is an ISO 3166-1 code, or XA (abroad), XE (Europe), XP (the Gulf), XS (South-East Asia), UA-OCC.
    """
    hits = _hits(folded)
    if not hits:
        return ()
    return tuple(_place(folded, hit) for hit in _along_the_way(folded.text, hits))


def work_countries(places: Iterable[Place], home: str | None = None) -> frozenset[str]:
    """Countries the work is in: the destinations; where none is marked, foreign countries named; else any named.

    `home` is the country the advert speaks to, if known; naming it is then no sign of work abroad.
    """
    known = tuple(places)
    marked = frozenset(place.country for place in known if place.role == "destination")
    if marked:
        return marked
    named = frozenset(place.country for place in known if place.role == "named")
    foreign = frozenset(country for country in named if country not in HOME and country != home)
    return foreign or named


def is_foreign(country: str, home: str | None = None) -> bool:
    """Whether `country` is abroad for people of `home`, or, where that is unknown, for people of all five states."""
    return country != home if home else country not in HOME


@lru_cache(maxsize=8)
def countries(set_name: str) -> frozenset[str]:
    """The country codes of a set: dest, origin, sea, gulf (hub is a set of cities)."""
    data = _data()
    if set_name == "dest":
        return frozenset(data.countries) - HOME
    return frozenset(name for name in data.sets[set_name] if name in data.countries)


@lru_cache(maxsize=1)
def towns_of_origin() -> tuple[str, ...]:
    """Folded stems of the towns of the five home states. Words that need their capital are left out."""
    cities = (city for code in sorted(HOME) for city in _data().countries[code].cities.values())
    return tuple(sorted({fold(stem.lstrip("=")).text for city in cities for stem in city if stem[0] not in "^!"}))


@lru_cache(maxsize=16)
def stems(set_name: str) -> tuple[str, ...]:
    """Folded stems of a set (dest, hub, sea, gulf, origin) in all languages, for the pattern language.

    `dest` is every place outside the five home states and in Kazakhstan. Words that need their capital are left out.
    """
    data = _data()
    wanted = data.sets.get(set_name, ())
    found: set[str] = set()
    for code, country in data.countries.items():
        whole = code in wanted or (set_name == "dest" and (code not in HOME or code == "KZ"))
        for place, spelled in [(country.name, country.stems), *country.cities.items()]:
            if whole or place in wanted:
                found.update(fold(stem.lstrip("=")).text for stem in spelled if stem[0] not in "^!")
    return tuple(sorted(found))


def _place(folded: Folded, hit: _Hit) -> Place:
    start, end = folded.span(hit.start, hit.end)
    return Place(hit.country, hit.name, hit.role, Span(start, end, folded.original[start:end]))


def _hits(folded: Folded) -> list[_Hit]:
    text, plain = folded.text, folded.lazy
    found = [
        _Hit(flag.start(), flag.end(), code, _data().countries[code].name, "named")
        for flag in _FLAG.finditer(text)
        if (code := _flag_code(flag[0])) in _data().countries
    ]
    best: dict[int, tuple[int, int, str, _Stem]] = {}
    for last, stem_list in _automaton().iter(plain):
        for stem in stem_list:
            start = last + 1 - stem.length
            if start in best and best[start][0] >= stem.length:
                continue
            if start and (plain[start - 1].isalnum() or plain[start - 1] in "@_'"):
                continue
            rest = _REST.match(plain, last + 1)
            end = rest.end() if rest else last + 1
            ending = _ending(plain[last + 1 : end], stem.mark)
            if ending is not None and _capital(folded, start, last + 1, stem.mark) and not _in_link(text, end):
                best[start] = (stem.length, end, ending, stem)
    covered = -1
    for start in sorted(best):
        _, end, ending, stem = best[start]
        if start < covered or _is_a_name(plain, start, end, ending):
            continue
        covered = end
        role = _role(plain, start, end, ending)
        found.append(_Hit(start, end, stem.country, stem.name, role))
    return sorted(found, key=lambda hit: hit.start)


def _flag_code(flag: str) -> str:
    return "".join(chr(ord(sign) - 0x1F1E6 + ord("A")) for sign in flag)


def _ending(rest: str, mark: str) -> str | None:
    """The part that the ending gives (empty: none), or None when what follows the stem is no case ending."""
    if not rest:
        return "named"
    found = _whole_endings().fullmatch(rest)
    if not found and mark not in ("=", "!"):
        found = _endings().fullmatch(rest)
    return (found.lastgroup or "named") if found else None


def _capital(folded: Folded, start: int, end: int, mark: str) -> bool:
    if mark == "^":
        return folded.original[folded.offsets[start]].isupper()
    if mark == "!":
        first, last = folded.span(start, end)
        return folded.original[first:last].isupper()
    return True


def _in_link(text: str, end: int) -> bool:
    """Whether the word goes on as a handle or a host (stambul_job, dubai.example)."""
    after = text[end : end + 2]
    return after[:1] in ("_", "@") or (after[:1] == "." and after[1:].isascii() and after[1:].isalpha())


def _is_a_name(plain: str, start: int, end: int, ending: str) -> bool:
    """Whether the place is only part of the name of a street, shop or hotel: ул. Киевская, ТЦ «Европа»."""
    if ending in ("destination", "origin"):
        return False
    if start and plain[start - 1] == '"' and plain[end : end + 1] == '"':
        return True
    if _word_before(plain, start) in _words("name_before"):
        return True
    after = _AFTER.match(plain, end)
    return bool(after and after[1] in _words("name_after"))


def _word_before(plain: str, start: int) -> str:
    found = _BEFORE.search(plain, max(0, start - _LOOK_BACK), start)
    return found[1] if found else ""


def _role(plain: str, start: int, end: int, ending: str) -> str:
    after = _AFTER.match(plain, end)
    if after and after[1] in _words("transit_after"):
        return "transit"
    if ending in ("destination", "origin"):
        return ending
    carrier = after and next((noun for noun in _words("carriers") if after[1].startswith(noun)), None)
    if after and carrier and (carried := _ending(after[1][len(carrier) :], "")) in ("destination", "origin"):
        return carried
    place = start
    for _ in range(3):
        found = _BEFORE.search(plain, max(0, place - _LOOK_BACK), place)
        if not found or "\n" in found[0][len(found[1]) :]:
            break
        for role in ("destination", "origin", "transit"):
            if found[1] in _words(role):
                return role
        if found[1] not in _words("between"):
            break
        place = found.start(1)
    return "named"


def _along_the_way(text: str, hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """Hits with the part that arrows and lists give: Ош → Москва, из Оша и Баткена."""
    roles = [hit.role for hit in hits]
    for i in range(1, len(hits)):
        before, hit = hits[i - 1], hits[i]
        between = text[before.end : hit.start]
        arrow = _ARROW.fullmatch(between) or (
            _DASH.fullmatch(between) and before.country in HOME and hit.country not in HOME
        )
        if arrow and roles[i] == "named":
            roles[i] = "destination"
            if roles[i - 1] == "named":
                roles[i - 1] = "origin"
        elif roles[i] == "named" and roles[i - 1] != "named" and _LIST.fullmatch(between):
            roles[i] = roles[i - 1]
    for hit, role in zip(hits, roles, strict=True):
        yield _Hit(hit.start, hit.end, hit.country, hit.name, role)


@lru_cache(maxsize=1)
def _data() -> _Gazetteer:
    return load_yaml(Path(str(files("nlp").joinpath("data/places.yaml"))), _Gazetteer)


@lru_cache(maxsize=16)
def _words(role: str) -> frozenset[str]:
    return frozenset(lazy(fold(word).text) for word in getattr(_data().context, role))


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted({re.escape(lazy(fold(word).text)) for word in words}, key=len, reverse=True))


def _case_endings() -> str:
    suffixes = _data().suffixes
    return "|".join(f"(?P<{role}>{_alternatives(suffixes[role])})" for role in ("origin", "destination", "named"))


@lru_cache(maxsize=1)
def _endings() -> re.Pattern[str]:
    return re.compile(f"'?{_VOWELS}(?:{_case_endings()})?")


@lru_cache(maxsize=1)
def _whole_endings() -> re.Pattern[str]:
    return re.compile(f"'?(?:{_case_endings()})?")


@lru_cache(maxsize=1)
def _automaton() -> Any:
    by_stem: dict[str, list[_Stem]] = {}
    for code, country in _data().countries.items():
        for name, spelled in [(country.name, country.stems), *country.cities.items()]:
            for written in spelled:
                mark = written[0] if written[0] in "=^!" else ""
                stem = lazy(fold(written.removeprefix(mark)).text)
                by_stem.setdefault(stem, []).append(_Stem(code, name, len(stem), mark))
    automaton = ahocorasick.Automaton()
    for stem, found in by_stem.items():
        automaton.add_word(stem, tuple(found))
    automaton.make_automaton()
    return automaton
