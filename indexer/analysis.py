"""Text to tokens, and a token to what makes it comparable: spelling, script and ending set aside.

Analysis happens here and nowhere else, so that every engine, the matcher and the highlighter agree.
A token has a *surface* (its folded form in plain letters: phrases, prefixes and fuzzy words look at it)
and *lexemes*: stems in a skeleton of sounds, marked with the script they were written in. Two words are
the same to a search when they share a lexeme: паспортту and паспорт, ўзбек and o'zbek, kazak and қазақ.

Russian and English are stemmed by Snowball, Turkic and Tajik by cutting endings off the skeleton; both
are done to every word, since one advert mixes languages.
"""

from __future__ import annotations

import itertools
import re
import threading
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from operator import itemgetter
from typing import Any

import Stemmer

from chyrak.text import WORD, fold, lazy, simple, words

VERSION = f"2 stemmer {Stemmer.version()}"
"""Another one when the same text would give other tokens; an index of another version is filled anew."""

_TABLES: Mapping[str, Any] = tomllib.loads(files("indexer").joinpath("analysis.toml").read_text(encoding="utf-8"))
_PLAINER = str.maketrans(_TABLES["surface"])
_LATIN: Mapping[str, list[str]] = _TABLES["latin"]
_GROUPS = re.compile("|".join(sorted(map(re.escape, _LATIN), key=len, reverse=True)) + "|.", re.DOTALL)
_PAIRS = re.compile("|".join(sorted((g for g in _LATIN if g.isascii() and g.isalpha()), key=len, reverse=True)))
_CYRILLIC: Mapping[str, list[str]] = _TABLES["cyrillic"]
_SOUND = str.maketrans({letter: sounds[0] for letter, sounds in _CYRILLIC.items()})
_MANY_SOUNDS = frozenset(letter for letter, sounds in _CYRILLIC.items() if len(sounds) > 1)
_TO_CYRILLIC: Mapping[str, str] = _TABLES["to_cyrillic"]
_TO_CYRILLIC_GROUPS = re.compile("|".join(sorted(map(re.escape, _TO_CYRILLIC), key=len, reverse=True)) + "|.")
_ENDINGS = frozenset(_TABLES["endings"]["any"])
_LONGEST_ENDING = max(map(len, _ENDINGS))
_SHORT_ROOTS = frozenset(_TABLES["endings"]["short_roots"])
_VOICELESS = (*"ptksfhc", "sh", "ch")
_VOWELS = "aeiouy"
_GLIDE = re.compile(r"(?<=[aou])i")
_FLEETING = re.compile(r"(\w*[бвгджзклмнпрстфхцчшщ])[ео]([кц])")
_DOUBLED = re.compile(r"([a-z])\1+")
_MOST_SPELLINGS = 4
_SHORT = 4
_MOST_CUTS = 4
_LONGEST_STEMMED = 40
_LONGEST_SURFACE = 100
_MOST_FORMS = 200_000  # about 70 MB


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text, `start <= i < end` in code points of that text; `folded` is its repaired lower form."""

    folded: str
    start: int
    end: int

    @property
    def surface(self) -> str:
        """The word in plain letters of its own script."""
        return FORMS[self.folded][0]

    @property
    def lexemes(self) -> tuple[str, ...]:
        """What the index holds for it."""
        return FORMS[self.folded][1]

    @property
    def transliterated(self) -> str:
        """The surface of one likely spelling in the other script; empty for what has no letters of either."""
        return _transliterated(self.folded)

    def sought(self, cross_script: bool) -> tuple[str, ...]:
        """What a query looks for: its lexemes, in both scripts or in its own."""
        return _both_scripts(self.folded) if cross_script else self.lexemes


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of `text` in order."""
    view = fold(text)
    return tuple(Token(word, *view.span(start, end)) for word, start, end in words(view))


class Plain(str):
    """A text known to fold into its `simple` form, so that whoever marks words in it need not fold it again."""

    __slots__ = ()


def forms(text: str) -> tuple[str, str, bool]:
    """The surfaces and the lexemes of the words of `text` in order, each joined by blanks, and whether the text is
    `Plain`: `tokens` without the places, many times faster."""
    view = fold(text)
    plain = isinstance(view.offsets, range) and view.text == simple(text)
    found = list(map(_PIECES.__getitem__, view.text.split()))
    return " ".join(filter(None, map(_FIRST, found))), " ".join(filter(None, map(_SECOND, found))), plain


class _Pieces(dict[str, tuple[str, str]]):
    """What stands between blanks to the surfaces and the lexemes of its words: no word goes on past a blank, and most
    pieces come again, so that the words in them need be sought once."""

    def __missing__(self, piece: str) -> tuple[str, str]:
        if len(self) >= _MOST_FORMS:
            self.clear()
        words = [FORMS[word] for word in WORD.findall(piece)]
        found = self[piece] = " ".join([form[0] for form in words]), " ".join([form[2] for form in words])
        return found


_PIECES = _Pieces()
_FIRST, _SECOND = itemgetter(0), itemgetter(1)


def beginners(lexemes: Collection[str]) -> re.Pattern[str] | None:
    """Finds the words of a folded text that could have one of the lexemes, by their first letter: a few in a hundred,
    and only those need be looked up. None when it takes every word (`chyrak.text.WORD`)."""
    if not lexemes or not all(lexeme.endswith((".c", ".l")) for lexeme in lexemes):
        return None
    return _beginning(frozenset(lexeme[0] for lexeme in lexemes))


@lru_cache(maxsize=1000)
def _beginning(sounds: frozenset[str]) -> re.Pattern[str]:
    likely = {char for char in _KNOWN if not sounds.isdisjoint(_first_sounds(char) or sounds)}
    likely |= sounds  # whatever is not in the tables stands for itself
    # What stands before is looked at last: a search that begins with a set of signs is ten times faster.
    return re.compile(
        rf"[{re.escape(''.join(sorted(likely)))}](?<=[^\W_])(?<![^\W_].)(?<![^\W_]'.)[^\W_]*(?:'[^\W_]+)*'?", re.DOTALL
    )


_POINTS = (*range(0x80), *range(0xC0, 0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00))
_LETTERS = {*map(chr, _POINTS), *(group[0] for group in (*_LATIN, *_CYRILLIC, *_TO_CYRILLIC))}
_KNOWN = [char for char in _LETTERS if char.isalnum() and char == char.lower()]  # a folded text has no others


@lru_cache(maxsize=2000)
def _first_sounds(char: str) -> frozenset[str]:
    """What a lexeme can begin with whose word begins with `char`; empty when that is anything."""
    if "Ѐ" <= char <= "ԯ":
        sounds = _CYRILLIC.get(char, [char])
    elif char == "y":
        return frozenset()
    else:
        groups = [group for group in {*_LATIN, *_TO_CYRILLIC, char} if group[0] == char]
        sounds = [sound for group in groups for sound in _LATIN.get(group, [_plain(group[0])])]
        for group in groups:
            letter = _TO_CYRILLIC.get(group) or _TO_CYRILLIC.get(_plain(group[0]), group[0])
            sounds += _CYRILLIC.get(letter[:1], [letter])
    return frozenset(sound[0] for sound in sounds) if all(sounds) else frozenset()


class _Forms(dict[str, tuple[str, tuple[str, ...], str]]):
    """Folded word to its forms, worked out when first met; begins again when it has grown too large."""

    def __missing__(self, folded: str) -> tuple[str, tuple[str, ...], str]:
        if len(self) >= _MOST_FORMS:
            self.clear()
        lexemes = _lexemes(folded)
        found = self[folded] = _surface(folded), lexemes, " ".join(lexemes)
        return found


FORMS = _Forms()
"""The surface of each folded word, its lexemes, and the lexemes joined by blanks."""


def _surface(folded: str) -> str:
    return (lazy(folded).translate(_PLAINER) or folded)[:_LONGEST_SURFACE]


def _lexemes(folded: str) -> tuple[str, ...]:
    script = _script(folded)
    if not script or len(folded) > _LONGEST_STEMMED:
        return (_surface(folded),)
    if script == "c":
        stems = {*map(_root, _skeletons_of_cyrillic(folded))}
        stems.update(spelling for stem in _stems_russian(folded) for spelling in _skeletons_of_cyrillic(stem))
    else:
        stems = {*_skeletons_of_latin(_stem_english(folded)), *map(_root, _skeletons_of_latin(folded))}
        russian = _stems_russian(_to_cyrillic(folded))
        stems.update(spelling for stem in russian for spelling in _skeletons_of_cyrillic(stem))
    return tuple(sorted({f"{_even(stem)}.{script}" for stem in stems if stem})) or (_surface(folded),)


@lru_cache(maxsize=50_000)
def _both_scripts(folded: str) -> tuple[str, ...]:
    script = _script(folded)
    if not script:
        return FORMS[folded][1]
    lexemes = FORMS[folded][1]
    stems = [lexeme[:-2] for lexeme in lexemes if lexeme[-2:-1] == "."]
    return tuple(sorted({f"{stem}.{mark}" for stem in stems for mark in "cl"})) or lexemes


def _even(skeleton: str) -> str:
    """The skeleton without the differences that carry none: passport and паспорт, Dubai and Дубай."""
    return _GLIDE.sub("y", _DOUBLED.sub(r"\1", skeleton))


def _script(word: str) -> str:
    """`c` or `l` by the first letter of either script, empty for numbers and other scripts."""
    for char in word:
        if "Ѐ" <= char <= "ԯ":
            return "c"
        if char.isalpha():
            return "l" if unicodedata.name(char, "").startswith("LATIN") else ""
    return ""


def _skeletons_of_cyrillic(word: str) -> list[str]:
    if _MANY_SOUNDS.isdisjoint(word):
        return [word.translate(_SOUND)]
    return _spellings([_CYRILLIC.get(char, [char]) for char in word])


def _skeletons_of_latin(word: str) -> list[str]:
    if word.isascii() and "'" not in word and "yo" not in word:  # nothing in it has two sounds
        skeleton = _PAIRS.sub(lambda pair: _LATIN[pair[0]][0], word)
        return [skeleton[1:] if word.startswith("ye") else skeleton]
    groups = [group for group in _GROUPS.findall(word) if group]
    sounds = [_LATIN.get(group) or [_plain(group)] for group in groups]
    if len(groups) < _SHORT:  # iş is not written is: that is an English word in every second advert
        sounds = [options[:1] if group in "şçž" else options for group, options in zip(groups, sounds, strict=True)]
    if groups[:2] == ["y", "e"]:
        sounds[0] = [""]
    return _spellings(sounds)


def _spellings(sounds: list[list[str]]) -> list[str]:
    if all(len(options) == 1 for options in sounds):
        return ["".join(options[0] for options in sounds)]
    return ["".join(choice) for choice in itertools.islice(itertools.product(*sounds), _MOST_SPELLINGS)]


def _plain(char: str) -> str:
    return char if char.isascii() else unicodedata.normalize("NFD", char)[0]


def _root(skeleton: str) -> str:
    """The skeleton without case, number and person endings."""
    for _ in range(_MOST_CUTS):
        for length in range(min(_LONGEST_ENDING, len(skeleton) - 2), 0, -1):
            if skeleton[-length:] in _ENDINGS and (shorter := _cut(skeleton, length)):
                skeleton = shorter
                break
        else:
            break
    return skeleton


def _cut(word: str, length: int) -> str:
    """`word` without its ending, or an empty string when that would not leave a likely root."""
    root, ending = word[:-length], word[-length:]
    if root in _SHORT_ROOTS and len(ending) > 1:
        return root
    if len(ending) == 1:
        return root if len(root) >= 5 and root[-1] not in _VOWELS else ""
    if len(root) < 3:
        return ""
    voiceless = root.endswith(_VOICELESS)
    if ending[0] in "tk" and not voiceless:  # паспорт+ту, but карта is no кар+та
        return ""
    if len(root) > 3 or len(ending) > 2:
        return root
    if ending[0] in "dg" and voiceless:
        return ""
    vowel = next((c for c in reversed(root) if c in _VOWELS), "")
    harmony = {"a": "aouyi", "e": "eiou", "o": "ou", "u": "ou", "y": "ay", "i": "eiaou"}
    return root if vowel and vowel in harmony.get(ending[-1], _VOWELS) else ""


@lru_cache(maxsize=50_000)
def _transliterated(folded: str) -> str:
    script = _script(folded)
    if script == "c":
        table: Mapping[str, str] = _TABLES["to_latin"]
        return _surface("".join(table.get(char, char) for char in folded))
    return _surface(_to_cyrillic(folded)) if script == "l" else ""


def _to_cyrillic(word: str) -> str:
    letters: list[str] = []
    for group in _TO_CYRILLIC_GROUPS.findall(word):
        before = letters[-1][-1:] if letters else ""
        if group == "y":
            letters.append("й" if not before or before in "аеиоуыэюяәөү" else "ы")
        elif group == "e":
            letters.append("э" if not before else "е")
        else:
            letters.append(_TO_CYRILLIC.get(group) or _TO_CYRILLIC.get(_plain(group), group if group != "'" else ""))
    return "".join(letters)


def _stems_russian(word: str) -> list[str]:
    stem = str(_stemmer("russian").stemWord(word))
    fleeting = _FLEETING.fullmatch(stem)  # девушек and девушка, рынок and рынка, отец and отца
    return [stem, fleeting[1] + fleeting[2]] if fleeting else [stem]


def _stem_english(word: str) -> str:
    return str(_stemmer("english").stemWord(word)) if word.isascii() and "'" not in word else word


def _stemmer(language: str) -> Any:
    """This thread's own stemmer: one holds the word it works on, so threads must not share it."""
    found = getattr(_OWN, language, None)
    if found is None:
        found = Stemmer.Stemmer(language, 0)
        setattr(_OWN, language, found)
    return found


_OWN = threading.local()
