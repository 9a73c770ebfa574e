"""Where a query's words stand in a text, by the same analysis that found it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.analysis import Token, tokens
from indexer.query import Query
from indexer.query.plan import AllOf, AnyOf, HasFuzzy, HasLexeme, HasPhrase, HasPrefix, Step, plan


def spans(query: Query, title: str, text: str, *, cross_script: bool = True) -> list[tuple[int, int]]:
    """Stretches `start <= i < end` of `title + "\\n" + text` that the query's words, phrases, prefixes and
    fuzzy words found: in order, never overlapping; a phrase is one stretch. What stands under NOT is left out.
    """
    leaves = list(_leaves(plan(query, cross_script)))
    found = set(_in(leaves, tokens(title), 0))
    found.update(_in(leaves, tokens(text), len(title) + 1))
    return _merged(sorted(found))


def _leaves(step: Step) -> Iterator[Step]:
    if isinstance(step, AnyOf | AllOf):
        for part in step.steps:
            yield from _leaves(part)
    elif isinstance(step, HasLexeme | HasPhrase | HasPrefix | HasFuzzy):
        yield step


def _in(leaves: Sequence[Step], words: Sequence[Token], offset: int) -> Iterator[tuple[int, int]]:
    surfaces = [word.surface for word in words]
    for leaf in leaves:
        for first, last in _places(leaf, words, surfaces):
            yield words[first].start + offset, words[last].end + offset


def _places(leaf: Step, words: Sequence[Token], surfaces: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last token of each occurrence."""
    match leaf:
        case HasLexeme():
            wanted = frozenset(leaf.lexemes)
            yield from ((at, at) for at, word in enumerate(words) if not wanted.isdisjoint(word.lexemes))
        case HasPrefix():
            yield from ((at, at) for at, surface in enumerate(surfaces) if surface.startswith(leaf.prefix))
        case HasFuzzy():
            near = {surface for surface in set(surfaces) if within(leaf.surface, surface, leaf.edits)}
            yield from ((at, at) for at, surface in enumerate(surfaces) if surface in near)
        case HasPhrase():
            for at, surface in enumerate(surfaces):
                last = _end_of_phrase(leaf, surfaces, at) if surface == leaf.words[0] else None
                if last is not None:
                    yield at, last


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
