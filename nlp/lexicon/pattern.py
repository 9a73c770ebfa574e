"""The pattern language of the lexicon: text of one pattern to a small tree.

| written | means |
|---|---|
| `stem*` | a word that begins so |
| `word!` | exactly this word, also in languages where words match as stems |
| `(a\\|b c)` `(x )?` `(a\\|b)*` | alternatives; optional; every alternative ends in `*` |
| `..` `..7` | up to 4 (or 7) words between, within one sentence |
| `a ~ b` `a ~2 b` | both within 6 (or 2) words of each other, in any order |
| `{n}` `{n:14-17}` `{n}-{n}` | a number; a whole number within bounds; a range of numbers |
| `{name}` | a word class of `classes.yaml` |
| `†` | the form was seen in looked-up material; says nothing to the matcher |
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from chyrak.errors import ChyrakError

GAP_WORDS = 4
NEAR_WORDS = 6
_PIECE = re.compile(
    r"(?P<space>\s+)|(?P<gap>\.\.(?P<size>\d+)?)|(?P<near>~(?P<reach>\d+)?)|(?P<range>\{n\}\s*-\s*\{n\})"
    r"|\{(?P<cls>[a-z_]+)(?::(?P<low>\d+)-(?P<high>\d+))?\}"
    r"|(?P<open>\()|(?P<close>\)(?P<after>[?*]?))|(?P<bar>\|)"
    r"|(?P<number>\d+)|(?P<word>[^\W\d_]+(?:['’ʻʼ][^\W\d_]+)*'?)(?P<mark>[*!]?)|(?P<join>(?<=[^\W\d_][*!'])[-/]|(?<=[^\W\d_])[-/]|[-/](?=[^\W\d_]))|(?P<sign>[+%/$€£¥₽₸₺₩№-])|(?P<seen>†)"
)
_ALLOWED = "a word, word*, word!, (a|b), (a )?, .., ..7, ~, {n}, {n:14-17}, {class}, + % № $ €"


class PatternFault(ChyrakError):
    """A pattern that cannot be read; `column` is 1-based within the pattern."""

    def __init__(self, column: int, problem: str) -> None:
        super().__init__(f"column {column}: {problem}. Allowed: {_ALLOWED}.")
        self.column = column


class Word(NamedTuple):
    """A word, or every word that begins with `text` when `prefix`; `exact` forbids reading it as a stem."""

    text: str
    prefix: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ClassOf:
    """A member of a named class; `low` and `high` bound `{n}`. No tuple: it must not equal the `Word` "n"."""

    name: str
    low: int | None = None
    high: int | None = None


class Choice(NamedTuple):
    """One word out of several."""

    words: frozenset[Word | ClassOf]


class Gap(NamedTuple):
    """Up to `words` words of anything, within one sentence."""

    words: int


Item = Word | ClassOf | Choice | Gap
Sequence_ = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class _Near:
    words: int


@dataclass(slots=True)
class _Group:
    choices: list[list[_Part]]
    optional: bool = False


_Part = Word | ClassOf | Gap | _Group


@lru_cache(maxsize=20_000)
def parse(pattern: str) -> list[Sequence_]:
    """Every sequence of items that `pattern` stands for, the alternatives of several words written out.

    Raises PatternFault with the column.
    """
    parts, near = _read(pattern)
    blocks: list[list[_Part]] = [[]]
    reach = 0
    for part in parts:
        if isinstance(part, _Near):
            blocks.append([])
            reach = max(reach, part.words)
        else:
            blocks[-1].append(part)
    if any(not block for block in blocks):
        raise PatternFault(near, "nothing stands beside '~'")
    orders = itertools.permutations(blocks) if len(blocks) > 1 else iter([tuple(blocks)])
    sequences: dict[Sequence_, None] = {}
    for order in orders:
        joined: list[_Part] = []
        for number, block in enumerate(order):
            if number:
                joined.append(Gap(reach))
            joined.extend(block)
        for sequence in _expand(joined):
            sequences[_checked(sequence, pattern)] = None
    return list(sequences)


def _checked(sequence: Sequence_, pattern: str) -> Sequence_:
    if not sequence:
        raise PatternFault(1, f"{pattern!r} can match nothing at all")
    if isinstance(sequence[0], Gap) or isinstance(sequence[-1], Gap):
        raise PatternFault(1, f"{pattern!r} begins or ends with a gap")
    return sequence


def _expand(parts: list[_Part]) -> Iterator[Sequence_]:
    choices: list[list[Sequence_]] = []
    for part in parts:
        if isinstance(part, _Group):
            single = [c[0] for c in part.choices if len(c) == 1 and isinstance(c[0], Word | ClassOf)]
            found = [sequence for choice in part.choices if len(choice) > 1 for sequence in _expand(choice)]
            if single:
                found.append((Choice(frozenset(single)) if len(single) > 1 else single[0],))
            choices.append([*found, ()] if part.optional else found)
        else:
            choices.append([(part,)])
    for chosen in itertools.product(*choices):
        yield tuple(itertools.chain.from_iterable(chosen))


def _read(pattern: str) -> tuple[list[_Part | _Near], int]:
    stack: list[tuple[list[list[_Part | _Near]], int]] = []
    current: list[_Part | _Near] = []
    choices: list[list[_Part | _Near]] = []
    position, near = 0, 1
    while position < len(pattern):
        found = _PIECE.match(pattern, position)
        if not found:
            raise PatternFault(position + 1, f"{pattern[position]!r} is not understood")
        column = position + 1
        position = found.end()
        if found["space"]:
            continue
        if found["word"]:
            word = re.sub("[’ʻʼ]", "'", found["word"])
            current.append(Word(word, prefix=found["mark"] == "*", exact=found["mark"] == "!"))
        elif found["gap"]:
            current.append(Gap(int(found["size"] or GAP_WORDS)))
        elif found["near"]:
            if stack:
                raise PatternFault(column, "'~' cannot stand inside brackets")
            current.append(_Near(int(found["reach"] or NEAR_WORDS)))
            near = column
        elif found["range"]:
            current.append(ClassOf("range"))
        elif found["cls"]:
            current.append(_class(found, column))
        elif found["open"]:
            stack.append((choices, column))
            choices.append(current)
            current, choices = [], []
        elif found["bar"]:
            if not stack:
                raise PatternFault(column, "'|' stands outside brackets")
            choices.append(current)
            current = []
        elif found["close"]:
            if not stack:
                raise PatternFault(column, "this bracket was never opened")
            choices.append(current)
            group = _group(choices, found["after"], column)
            choices, _ = stack.pop()
            current = choices.pop()
            current.append(group)
        elif found["number"] or found["sign"]:
            current.append(Word(found[0], exact=True))
    if stack:
        raise PatternFault(stack[-1][1], "this bracket is never closed")
    return current, near


def _class(found: re.Match[str], column: int) -> ClassOf:
    if found["low"] is None:
        return ClassOf(found["cls"])
    if found["cls"] != "n":
        raise PatternFault(column, f"only {{n}} takes bounds, not {{{found['cls']}}}")
    low, high = int(found["low"]), int(found["high"])
    if low > high:
        raise PatternFault(column, f"bounds {low}-{high} are the wrong way round")
    return ClassOf("n", low, high)


def _group(choices: list[list[_Part | _Near]], after: str, column: int) -> _Group:
    kept: list[list[_Part]] = []
    for choice in choices:
        parts = [part for part in choice if not isinstance(part, _Near)]
        if not parts:
            raise PatternFault(column, "an alternative is empty")
        last = parts[-1]
        if after == "*" and isinstance(last, Word):
            parts[-1] = Word(last.text, prefix=True)
        kept.append(parts)
    return _Group(kept, optional=after == "?")
