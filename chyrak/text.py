"""Text as people type it, made comparable: one folded view with a way back to every original code point.

`fold` undoes what hides a word (domain notes 2.2): other forms of the same letter, invisible signs, look-alike
letters of other scripts, digits for letters, letters spelled apart. Letters of their own (ң ө ү қ ғ ҳ ҷ ӣ ӯ ә ұ і,
ş ç ý) stay: the `lazy` view writes them plainly, letter for letter, so that one offset map serves both views.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chyrak.disguises import TABLES, repair

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
"""A word of a folded text; Uzbek apostrophes (o'g'il, bo') belong to it."""

_UNEVEN = "\uffff"
_SOFT_HYPHEN = "\u00ad"
_KEPT = frozenset(TABLES["characters"]["kept"]["signs"])
_DROPPED = ("Mn", "Me", "Cf", "Cc", "Cn")


_LAZY = tuple((letter, plain) for letter, plain in TABLES["lazy"].items())


@dataclass(frozen=True)
class Folded:
    """A folded text. `offsets[i]` is the original position of `text[i]`; one more entry holds the original length.

    `disguised` are spans of the original, in order: words that had to be repaired, not merely put in lower case (M09).
    """

    original: str
    text: str
    offsets: Sequence[int]
    disguised: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that `text[start:end]` was read from; empty stretches stay empty."""
        if end <= start:
            return self.offsets[start], self.offsets[start]
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        if not isinstance(self.offsets, range):
            while last < len(self.original) and unicodedata.category(self.original[last]) in ("Mn", "Me"):
                last += 1
        return first, last

    @cached_property
    def lazy(self) -> str:
        """`text` in plain letters, as typed on a keyboard without the special ones; same length, same offsets."""
        return lazy(self.text)

    @cached_property
    def word_count(self) -> int:
        """How many words there are."""
        return sum(1 for _ in WORD.finditer(self.text))

    @property
    def disguise_share(self) -> float:
        """Disguised words among all words, 0..1 (meta-indicator M09)."""
        return min(1.0, len(self.disguised) / self.word_count) if self.disguised else 0.0


def fold(text: str) -> Folded:
    """The folded view of `text`; takes any string, never fails, in time linear in its length."""
    view = _even_view(text)
    offsets: Sequence[int] = range(len(text) + 1)
    hidden: list[tuple[int, int]] = []
    if _UNEVEN in view:
        view, offsets, hidden = _uneven(text, view)
    return Folded(text, *repair(text, view, offsets, hidden))


def words(folded: Folded) -> Iterator[tuple[str, int, int]]:
    """Each word of the folded text with its place there, `text[start:end] == word`."""
    for found in WORD.finditer(folded.text):
        yield found[0], found.start(), found.end()


def lazy(text: str) -> str:
    """A folded string in plain letters, of the same length; for patterns that look at `Folded.lazy`."""
    for letter, plain in _LAZY:  # most letters are not there: looking is ten times quicker than `translate`
        if letter in text:
            text = text.replace(letter, plain)
    return text


def _even_view(text: str) -> str:
    """`text.translate(_TABLE)`, more than twice as fast: most signs are read as their small letter."""
    return simple(_ODD.sub(lambda odd: odd[0].translate(_TABLE), text))


class _Table(dict[int, str]):
    """Sign to its folded form, worked out when first met; signs that become none or several are `_UNEVEN`."""

    def __missing__(self, point: int) -> str:
        form = fold_sign(chr(point))
        uneven = len(form) != 1 or unicodedata.category(chr(point)) in ("Mn", "Me")
        self[point] = _UNEVEN if uneven else form
        return self[point]


def simple(text: str) -> str:
    """What `fold` makes of most texts, sign for sign."""
    return text.lower().replace("ё", "е")


def fold_sign(sign: str) -> str:
    """What one sign is read as by itself: nothing, one sign or several."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    category = unicodedata.category(sign)
    if category == "Cs":
        return "\ufffd"
    if category in _DROPPED and sign not in "\n\t":
        return "" if category != "Cn" or ord(sign) & 0xFFFE == 0xFFFE else sign
    if category == "Cc":
        return sign
    form = unicodedata.normalize("NFKC", sign).lower()
    if form == sign:
        return sign
    if form[0] == " " and len(form) > 1:  # spacing accents
        return sign
    return "".join(part if part == sign else fold_sign(part) for part in form)


def _signs() -> dict[str, str]:
    signs = {sign: group["means"] for group in TABLES["characters"].values() for sign in group["signs"]}
    signs |= {sign: sign for sign in _KEPT}
    for first, run in TABLES["runs"].items():
        signs |= {chr(ord(first) + step): chr(ord(run["means"]) + step) for step in range(run["length"])}
    for table in (TABLES["small"], TABLES["small_cyrillic"]):
        signs |= table
        signs |= {sign.lower(): letter for sign, letter in table.items()}
    return signs


_SIGNS: Mapping[str, str] = _signs()
_TABLE = _Table()
_EVEN = "".join(
    re.escape(sign) for sign in map(chr, (*range(0x180), *range(0x400, 0x530))) if fold_sign(sign) == simple(sign)
)
_ODD = re.compile(f"[^{_EVEN}]+")


def _uneven(text: str, view: str) -> tuple[str, list[int], list[tuple[int, int]]]:
    """The view without its `_UNEVEN` marks: signs dropped, spelled out or joined with the letter before.

    Also its offsets, and the words that signs were hidden in, as spans of the original.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    lost: list[int] = []
    start, base = 0, ""
    place = view.find(_UNEVEN)
    while place >= 0:
        if place > start:
            pieces.append(view[start:place])
            offsets.extend(range(start, place))
            base = text[place - 1]
        sign = text[place]
        form = fold_sign(sign)
        if form:
            pieces.append(form)
            offsets.extend([place] * len(form))
            base = form[-1]
        elif not (base and unicodedata.combining(sign) and _compose(pieces, base + sign)) and sign != _SOFT_HYPHEN:
            lost.append(len(offsets))
        start = place + 1
        place = view.find(_UNEVEN, start)
    pieces.append(view[start:])
    offsets.extend(range(start, len(text) + 1))
    folded = "".join(pieces)
    return folded, offsets, [(offsets[a], offsets[b - 1] + 1) for a, b in _words_around(folded, lost)]


def _compose(pieces: list[str], pair: str) -> bool:
    """Writes the one sign that a letter and its mark make (и + breve: й) over the last letter, if there is one."""
    joined = unicodedata.normalize("NFC", pair)
    form = fold_sign(joined) if len(joined) == 1 else ""
    if len(form) == 1:
        pieces[-1] = pieces[-1][:-1] + form
    return len(form) == 1


def _words_around(folded: str, lost: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Words of `folded` with one of the places of `lost` (ascending) between their letters."""
    i = 0
    for word in WORD.finditer(folded) if lost else ():
        while i < len(lost) and lost[i] <= word.start():
            i += 1
        if i < len(lost) and lost[i] < word.end():
            yield word.span()
