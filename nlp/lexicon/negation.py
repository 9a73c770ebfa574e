"""Whether a hit is denied: "паспорт не забираем", "штрафов нет", "без предоплаты", алынбайт, bo'lmaydi.

A denial must stand in the same sentence, within reach, with no comma between, and must not be a word of the
pattern itself ("без договора" is no denial of "договор": the row holds the word already).
"""

from __future__ import annotations

import re

from nlp.lexicon.matcher import Hit, Matcher
from nlp.lexicon.pack import NegationFile
from nlp.lexicon.tokens import BARRIER, Tokens
from nlp.lexicon.words import Forms


class Negation:
    """The denials of all languages, compiled beside the lexicon."""

    def __init__(self, matcher: Matcher, file: NegationFile) -> None:
        self._within = file.within
        self._before: dict[str, int] = {lang: matcher.class_symbol(f"deny_before_{lang}") for lang in file.languages}
        self._after: dict[str, int] = {lang: matcher.class_symbol(f"deny_after_{lang}") for lang in file.languages}
        self._endings: dict[str, re.Pattern[str]] = {
            lang: re.compile(words.endings) for lang, words in file.languages.items() if words.endings
        }
        self._all = frozenset([*self._before.values(), *self._after.values()])
        self._rows = matcher.rows

    @staticmethod
    def classes(file: NegationFile) -> dict[str, dict[str, tuple[str, ...]]]:
        """The word classes that hold the denials of `file`."""
        classes: dict[str, dict[str, tuple[str, ...]]] = {}
        for language, words in file.languages.items():
            classes[f"deny_before_{language}"] = {language: tuple(p for p in words.before if " " not in p)}
            classes[f"deny_after_{language}"] = {language: tuple(p for p in words.after if " " not in p)}
        return classes

    def denies(self, hit: Hit, tokens: Tokens, forms: list[Forms], text: str) -> bool:
        """Whether the text denies what `hit` found."""
        language = self._rows[hit.row].language
        languages = [*self._before] if language == "all" else [language] if language in self._before else []
        reach = forms[max(0, hit.first - self._within) : hit.last + self._within + 1]
        beside = any(not self._all.isdisjoint(symbols) for symbols in reach)
        return any(
            (beside and self._denied_beside(each, hit, tokens, forms, text))
            or (each in self._endings and self._denied_within(each, hit, tokens, forms))
            for each in languages
        )

    def _denied_beside(self, language: str, hit: Hit, tokens: Tokens, forms: list[Forms], text: str) -> bool:
        """Whether a word of denial stands before, after or between the words of the hit."""
        before, after = self._before[language], self._after[language]
        taken = {place for place, _ in hit.path}
        for place in range(hit.first, hit.last):
            if place not in taken and (before in forms[place] or after in forms[place]):
                return True
        for step in range(1, self._within + 1):
            place = hit.first - step
            if (
                place < 0
                or tokens.words[place] == BARRIER
                or "," in text[tokens.ends[place] : tokens.starts[place + 1]]
            ):
                break
            if before in forms[place]:
                return True
        for step in range(1, self._within + 1):
            place = hit.last + step
            if (
                place >= len(tokens)
                or tokens.words[place] == BARRIER
                or "," in text[tokens.ends[place - 1] : tokens.starts[place]]
            ):
                break
            if after in forms[place]:
                return True
        return False

    def _denied_within(self, language: str, hit: Hit, tokens: Tokens, forms: list[Forms]) -> bool:
        """Whether a word of the hit ends in a denial: алынбайт, bo'lmaydi."""
        endings = self._endings[language]
        for place, symbol in hit.path:
            word = tokens.words[place]
            rest = word[forms[place].get(symbol, len(word)) :]
            if len(rest) >= 2 and endings.match(rest):
                return True
        return False
