"""The same words in another script: Uzbek in both of its scripts, Russian and Turkic words typed in Latin letters.

Uzbek patterns are written once, in Latin, and compiled twice (`to_cyrillic_uzbek`): more stems cost nothing, a second
view of every text would. For Russian, Kyrgyz and Kazakh in Latin letters no single spelling exists, so text
(`coarse_view`) and pattern (`coarse`) meet on a coarse Cyrillic ground; use it only where the language guess says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from chyrak.text import Folded

_TABLES: Mapping[str, Any] = tomllib.loads(files("chyrak").joinpath("scripts.toml").read_text(encoding="utf-8"))
_VOWELS = frozenset("aeiouаеиоуўэюяё")
_NAME = re.compile(r"\{[^{}]*\}")


def to_cyrillic_uzbek(text: str) -> str:
    """Folded Uzbek in Latin letters as folded Uzbek in Cyrillic; what is no Latin letter stays."""
    return _spell(text, _TO_CYRILLIC, _TO_CYRILLIC_GROUPS, _cyrillic_e)


def to_latin_uzbek(text: str) -> str:
    """Folded Uzbek in Cyrillic letters as folded Uzbek in Latin; what is no Cyrillic letter stays."""
    return _spell(text, _TO_LATIN, _TO_LATIN_GROUPS, _latin_e)


def transliterate_pattern(pattern: str) -> str:
    """An Uzbek pattern of the lexicon in Cyrillic; names in braces ({n}, {cur}, {dest}) stay."""
    pieces, start = [], 0
    for name in _NAME.finditer(pattern):
        pieces += [to_cyrillic_uzbek(pattern[start : name.start()]), name[0]]
        start = name.end()
    return "".join([*pieces, to_cyrillic_uzbek(pattern[start:])])


def latin_view(folded: Folded) -> Folded:
    """The text with Uzbek Cyrillic in Latin letters, offsets into the same original."""
    return _view(folded, _TO_LATIN, _TO_LATIN_GROUPS, _latin_e)


def coarse(text: str) -> str:
    """Folded text of either script in coarse Cyrillic: no ь, one и, one х, no doubled letters."""
    return _spell(text, _COARSE, _COARSE_GROUPS, _once)


def coarse_view(folded: Folded) -> Folded:
    """`coarse` of the text, with offsets into the same original."""
    return _view(folded, _COARSE, _COARSE_GROUPS, _once)


_Adapt = Callable[[str, str, str], str]


def _spell(text: str, table: Mapping[str, str], groups: re.Pattern[str], adapt: _Adapt) -> str:
    pieces: list[str] = []
    last = ""
    for group in groups.findall(text):
        piece = adapt(table.get(group, group), group, last)
        pieces.append(piece)
        last = piece[-1:] or last
    return "".join(pieces)


def _view(folded: Folded, table: Mapping[str, str], groups: re.Pattern[str], adapt: _Adapt) -> Folded:
    pieces: list[str] = []
    offsets: list[int] = []
    last = ""
    for found in groups.finditer(folded.text):
        piece = adapt(table.get(found[0], found[0]), found[0], last)
        pieces.append(piece)
        first, end = folded.offsets[found.start()], folded.offsets[found.end() - 1]
        offsets += [first] * (len(piece) - 1) + [end] * bool(piece)
        last = piece[-1:] or last
    offsets.append(len(folded.original))
    return Folded(folded.original, "".join(pieces), offsets, folded.disguised)


def _cyrillic_e(piece: str, group: str, last: str) -> str:
    return "э" if group == "e" and (not last.isalpha() or last in _VOWELS) else piece


def _latin_e(piece: str, group: str, last: str) -> str:
    return "ye" if group == "е" and (not last.isalpha() or last in _VOWELS) and last != "'" else piece


def _once(piece: str, _group: str, last: str) -> str:
    return piece[1:] if piece[:1] == last and piece[:1].isalpha() else piece


def _groups(table: Mapping[str, str]) -> re.Pattern[str]:
    longest = sorted((group for group in table if len(group) > 1), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest), "."]), re.DOTALL)


_TO_CYRILLIC: Mapping[str, str] = _TABLES["uzbek_to_cyrillic"]
_TO_LATIN: Mapping[str, str] = _TABLES["uzbek_to_latin"]
_COARSE: Mapping[str, str] = _TABLES["coarse"]
_TO_CYRILLIC_GROUPS = _groups(_TO_CYRILLIC)
_TO_LATIN_GROUPS = _groups(_TO_LATIN)
_COARSE_GROUPS = _groups(_COARSE)
