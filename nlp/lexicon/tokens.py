"""A folded text cut into the tokens that lexicon patterns speak of.

Words, numbers and a few signs are tokens. A hyphen or slash between letters only separates words, so that
"колл-центр" is read as "колл центр". The end of a sentence or line is a barrier no pattern reaches across.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<n>\d+(?:[ \u00a0.,]\d{3})+(?![\d]|[.,]\d)|\d+(?:[.,]\d{1,2}(?!\d))?)"
    r"|(?P<w>[^\W\d_]+(?:'[^\W\d_]+)*'?)"
    r"|(?P<s>(?<=\d)-(?=\d)|(?<=\d) ?- ?(?=\d)|(?<=\d)/(?=\d)|[+%$№€£¥₽₸₺₩₾₴₹])"
    r"|(?P<b>[!?;…•|]+|\.(?=\s|$|\.)|\n+)"
)
_SIGN, _STOP = _TOKEN.groupindex["s"], _TOKEN.groupindex["b"]
_SHORTENED = frozenset(
    [
        "тыс",
        "руб",
        "т",
        "р",
        "г",
        "ул",
        "чел",
        "др",
        "млн",
        "млрд",
        "мин",
        "макс",
        "долл",
        "зп",
        "сом",
        "тг",
        "тел",
        "мес",
        "час",
        "сут",
        "кв",
        "им",
        "проф",
        "стр",
        "чл",
        "ст",
        "кг",
        "км",
        "см",
        "м",
        "ч",
        "л",
        "д",
        "т.р",
        "max",
        "min",
        "st",
        "no",
        "tel",
        "approx",
        "jon",
        "min",
        "mln",
    ]
)
BARRIER = ""
"""The word of a barrier token."""
MOST_TOKENS = 20_000
"""No advert is longer; what stands beyond is not looked at, so that no text takes unbounded time."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one folded text: `words[i]` stands at `text[starts[i]:ends[i]]`; a barrier's word is empty."""

    words: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.words)


def tokenise(text: str) -> Tokens:
    """The first `MOST_TOKENS` tokens of a folded text, in order; takes any string."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _TOKEN.finditer(text):
        kind = found.lastindex
        word = found[0]
        if kind == _STOP:
            if not words or words[-1] == BARRIER or (word == "." and words[-1] in _SHORTENED):
                continue
            word = BARRIER
        elif kind == _SIGN:
            word = word.strip()
        words.append(word)
        start, end = found.span()
        starts.append(start)
        ends.append(end)
        if len(words) >= MOST_TOKENS:
            break
    return Tokens(words, starts, ends)
