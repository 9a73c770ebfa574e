"""Which lexicon words a token of a text is a form of: one Aho-Corasick automaton over all stems of all languages.

A token is looked at in plain letters (`lazy`), so that қыз and кыз meet; a stem of under five letters asks for
the special letters when the token has any. A token typed in Latin is also looked at by its sound (rabota, jumush).
Answers are remembered per token: the same words return in every advert.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

import ahocorasick

from chyrak.text import lazy
from nlp.lexicon.letters import skeleton

STEM_LANGUAGES = frozenset({"ky", "kk", "uz", "tg", "tk"})
"""Languages in which a word of four letters or more always matches as a stem."""
_SHORT = 5
_LEAST_PIECE, _KNOWN_SHARE = 4, 0.6
_LATIN = re.compile(r"[a-z']+")
REMEMBERED = 100_000
"""Tokens whose answer is kept; then all are forgotten, so that memory stays bounded."""

Forms = dict[int, int]
"""Symbol to the number of letters of the token that its stem covers."""


class Words:
    """Lexicon words as symbols (small numbers). Add all, then `close`, then ask `of`."""

    def __init__(self) -> None:
        self.count = 0
        self._symbols: dict[tuple[str, bool, bool], int] = {}
        self._stems: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._exact: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._sounds: dict[str, list[int]] = defaultdict(list)
        self._exact_sounds: dict[str, list[int]] = defaultdict(list)
        self._numbers: dict[tuple[int, int], int] = {}
        self._classes: dict[frozenset[int], int] = {}
        self._parents: dict[int, list[int]] = defaultdict(list)
        self._remembered = _Remembered(self._look_up)
        self.number = self._new()

    def _new(self) -> int:
        self.count += 1
        return self.count - 1

    def word(self, text: str, *, stem: bool, by_sound: bool = True) -> int:
        """The symbol of a folded word, or of every word that begins with it when `stem`.

        `by_sound` lets the word be typed in Latin letters too.
        """
        key = (text, stem, by_sound)
        if key not in self._symbols:
            symbol = self._symbols[key] = self._new()
            plain = lazy(text).replace("'", "")
            (self._stems if stem else self._exact)[plain].append((symbol, text.replace("'", "")))
            if by_sound and not _LATIN.fullmatch(text) and text.isalpha():
                sound = skeleton(plain)
                if stem and len(sound) >= 4:
                    self._sounds[sound].append(symbol)
                elif not stem and sound:
                    self._exact_sounds[sound].append(symbol)
        return self._symbols[key]

    def whole_number(self, low: int, high: int) -> int:
        """The symbol of a whole number within bounds."""
        if (low, high) not in self._numbers:
            self._numbers[(low, high)] = self._new()
        return self._numbers[(low, high)]

    def one_of(self, symbols: Iterable[int]) -> int:
        """The symbol of any one of `symbols`."""
        members = frozenset(symbols)
        if len(members) == 1:
            return next(iter(members))
        if members not in self._classes:
            symbol = self._classes[members] = self._new()
            for member in members:
                self._parents[member].append(symbol)
        return self._classes[members]

    def new_class(self) -> int:
        """A symbol whose members `join` adds one by one."""
        return self._new()

    def join(self, member: int, parent: int) -> None:
        """Whatever is a `member` is now also a `parent`."""
        self._parents[member].append(parent)

    def close(self) -> None:
        """Build the automata; no word may be added afterwards."""
        self._automaton = _automaton(self._stems)
        self._sound_automaton = _automaton(self._sounds)

    def of(self, token: str) -> Forms:
        """Symbols of a folded token; an empty mapping for a word the lexicon does not know."""
        return self._remembered[token]

    def of_all(self, tokens: Iterable[str]) -> list[Forms]:
        """The same of every token."""
        return list(map(self._remembered.__getitem__, tokens))

    def pieces(self, token: str) -> list[tuple[int, int]]:
        """Where to cut a token in which several stems stand in a row, as stretches of it; empty where it is one word.

        A stem of under four letters is none; together they must make up most of the token.
        """
        plain = lazy(token)
        longest: dict[int, int] = {}
        for end, stem in self._automaton.iter(plain):
            start = end + 1 - len(stem)
            if len(stem) >= _LEAST_PIECE and len(stem) > longest.get(start, 0):
                longest[start] = len(stem)
        starts, covered, place = [], 0, 0
        for start in sorted(longest):
            if start >= place:
                starts.append(start)
                covered += longest[start]
                place = start + longest[start]
        if len(starts) < 2 or starts[0] > _LEAST_PIECE or covered < _KNOWN_SHARE * len(plain):
            return []
        cuts = [0, *starts[1:], len(plain)]
        return list(pairwise(cuts))

    def _look_up(self, token: str) -> Forms:
        forms: Forms = {}
        if not token:
            return forms
        if token[:1].isdigit():
            self._add_number(token, forms)
            return forms
        bare = token.replace("'", "")
        plain = lazy(bare)
        for stem in _prefixes(self._automaton, plain):
            for symbol, written in self._stems[stem]:
                if _letters_agree(bare, plain, stem, written):
                    self._add(forms, symbol, len(stem))
        for symbol, written in self._exact.get(plain, ()):
            if _letters_agree(bare, plain, plain, written):
                self._add(forms, symbol, len(plain))
        if _LATIN.fullmatch(token):
            sound = skeleton(token)
            for stem in _prefixes(self._sound_automaton, sound):
                for symbol in self._sounds[stem]:
                    self._add(forms, symbol, len(stem))
            for symbol in self._exact_sounds.get(sound, ()):
                self._add(forms, symbol, len(plain))
        return forms

    def _add_number(self, token: str, forms: Forms) -> None:
        forms[self.number] = len(token)
        for symbol, _ in self._exact.get(token, ()):
            self._add(forms, symbol, len(token))
        if token.isdigit() and len(token) < 4:
            value = int(token)
            for (low, high), symbol in self._numbers.items():
                if low <= value <= high:
                    self._add(forms, symbol, len(token))

    def _add(self, forms: Forms, symbol: int, covered: int) -> None:
        if forms.get(symbol, -1) >= covered:
            return
        forms[symbol] = covered
        for parent in self._parents.get(symbol, ()):
            self._add(forms, parent, covered)


class _Remembered(dict[str, Forms]):
    """Tokens with their forms, looked up when first met; all forgotten when they become too many."""

    def __init__(self, look_up: Callable[[str], Forms]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, token: str) -> Forms:
        if len(self) >= REMEMBERED:
            self.clear()
        self[token] = forms = self._look_up(token)
        return forms


def _letters_agree(token: str, plain: str, stem: str, written: str) -> bool:
    """Whether a short stem's own letters are those of the token, where the token has special letters at all."""
    if len(stem) >= _SHORT or token == plain:
        return True
    return token.startswith(written)


def _automaton(stems: Iterable[str]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for stem in stems:
        automaton.add_word(stem, stem)
    automaton.make_automaton()
    return automaton


def _prefixes(automaton: ahocorasick.Automaton, token: str) -> list[str]:
    """Stems that begin the token (hits elsewhere in the word are dropped: the word-start check)."""
    if not len(automaton):
        return []
    return [stem for end, stem in automaton.iter(token) if end + 1 == len(stem)]
