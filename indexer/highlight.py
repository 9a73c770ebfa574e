"""Where a query's words stand in a text, by the same analysis that found it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from chyrak.text import WORD, Folded, fold, simple
from indexer.analysis import FORMS, Plain, beginners
from indexer.query import Query
from indexer.query.plan import AllOf, AnyOf, HasFuzzy, HasLexeme, HasPhrase, HasPrefix, Step, plan


def spans(query: Query, title: str, text: str, *, cross_script: bool = True) -> list[tuple[int, int]]:
    """Stretches `start <= i < end` of `title + "\\n" + text` that the query's words, phrases, prefixes and
    fuzzy words found: in order, never overlapping; a phrase is one stretch. What stands under NOT is left out.
    """
    sought = _sought(query, cross_script)
    found = {*_places(sought, title, 0), *_places(sought, text, len(title) + 1)}
    return _merged(sorted(found))


class _Sought:
    """What a query looks for in a text."""

    def __init__(self, leaves: Sequence[Step]) -> None:
        self.lexemes = frozenset(lexeme for leaf in leaves if isinstance(leaf, HasLexeme) for lexeme in leaf.lexemes)
        self.prefixes = tuple(leaf.prefix for leaf in leaves if isinstance(leaf, HasPrefix))
        self.phrases = tuple(leaf for leaf in leaves if isinstance(leaf, HasPhrase))
        fuzzy = [leaf for leaf in leaves if isinstance(leaf, HasFuzzy)]
        self.fuzzy = bool(fuzzy)
        words_alone = not (self.prefixes or fuzzy)
        self.candidates = (beginners(self.lexemes) if words_alone else None) or WORD
        self.nothing = words_alone and not self.lexemes
        self.near = lru_cache(maxsize=10_000)(
            lambda surface: any(within(leaf.surface, surface, leaf.edits) for leaf in fuzzy)
        )

    def finds(self, folded: str) -> bool:
        """Whether the word by itself is sought."""
        surface, lexemes, _ = FORMS[folded]
        return (
            not self.lexemes.isdisjoint(lexemes)
            or bool(self.prefixes and surface.startswith(self.prefixes))
            or (self.fuzzy and self.near(surface))
        )


@lru_cache(maxsize=128)
def _sought(query: Query, cross_script: bool) -> _Sought:
    return _Sought(list(_leaves(plan(query, cross_script))))


@lru_cache(maxsize=1024)
def _view(text: str) -> Folded:
    if isinstance(text, Plain):
        return Folded(text, simple(text), range(len(text) + 1))
    return fold(text)


def _leaves(step: Step) -> Iterator[Step]:
    if isinstance(step, AnyOf | AllOf):
        for part in step.steps:
            yield from _leaves(part)
    elif isinstance(step, HasLexeme | HasPhrase | HasPrefix | HasFuzzy):
        yield step


def _places(sought: _Sought, text: str, offset: int) -> Iterator[tuple[int, int]]:
    """Each stretch of `text` that is sought, moved by `offset`."""
    view = _view(text)
    found = () if sought.nothing else sought.candidates.finditer(view.text)
    stretches = [word.span() for word in found if sought.finds(word[0])]
    if sought.phrases:
        words = list(WORD.finditer(view.text))
        surfaces = [FORMS[word[0]][0] for word in words]
        for phrase in sought.phrases:
            for first, surface in enumerate(surfaces):
                last = _end_of_phrase(phrase, surfaces, first) if surface == phrase.words[0] else None
                if last is not None:
                    stretches.append((words[first].start(), words[last].end()))
    for start, end in stretches:
        first, last = view.span(start, end)
        yield first + offset, last + offset


def _end_of_phrase(phrase: HasPhrase, surfaces: Sequence[str], start: int) -> int | None:
    """The last token of the phrase that begins at `start`: the nearest following ones leave the fewest between."""
    at = start
    for word in phrase.words[1:]:
        reach = start + len(phrase.words) + phrase.slop
        following = (place for place in range(at + 1, min(reach, len(surfaces))) if surfaces[place] == word)
        at = next(following, -1)
        if at < 0:
            return None
    return at if at - start - len(phrase.words) + 1 <= phrase.slop else None


def within(first: str, second: str, edits: int) -> bool:
    """Whether at most `edits` letters must be added, left out, changed or swapped with the next."""
    if abs(len(first) - len(second)) > edits:
        return False
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > edits and min(before) > edits:
            return False
    return row[-1] <= edits


def _merged(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
