"""Words that were torn apart or run together, put right for the lexicon: "пас порт", "паспортуадмина".

Only tokens change, so every place in the text stays what it was. Two neighbours become one word where the second is
unknown to the lexicon and what they make together is not; a word spelled letter by letter is cut where words of the
lexicon begin.
"""

from __future__ import annotations

from chyrak.text import Folded
from nlp.lexicon.tokens import Tokens
from nlp.lexicon.words import Forms, Words

_LEAST, _MOST = 6, 16
"""Letters of a torn word; shorter ones arise by chance."""
_CHANCE = 2
_LEAST_OF_SCRAPS = 4
"""The same where neither piece is a word that anybody knows."""
_WHOLE = frozenset(
    {"а", "без", "бы", "в", "во", "вы", "да", "для", "до", "же", "за", "и", "из", "или", "к", "как", "ко", "ли", "мы"}
    | {"на", "над", "не", "ни", "но", "о", "об", "он", "от", "по", "под", "при", "про", "с", "со", "та", "те", "то"}
    | {"ты", "у", "уж", "что", "я", "бир", "бул", "де", "эле", "ва", "бо", "ба", "аз", "ки", "ин", "бу", "va", "bu"}
    | {"bir", "da", "de", "ham", "ne", "we", "a", "an", "at", "by", "for", "in", "is", "it", "no", "of", "on", "or"}
    | {"so", "the", "to", "up", "us"}
)
"""Short words that stand before others and are no first halves."""
_SHORT_PIECE = 4
"""Of two pieces one is at most so long: two long words beside each other are two words."""
_RUN_TOGETHER = 9


def mend(tokens: Tokens, forms: list[Forms], words: Words, folded: Folded) -> tuple[Tokens, list[Forms]]:
    """The tokens and their forms, mended; the same objects where nothing was to mend."""
    torn = _torn(tokens, forms, words)
    runs = _run_together(tokens, words, folded) if folded.disguised else {}
    if not torn and not runs:
        return tokens, forms
    kept: list[tuple[str, int, int]] = []
    place = 0
    while place < len(tokens):
        if place in torn:
            joined = tokens.words[place] + tokens.words[place + 1]
            kept.append((joined, tokens.starts[place], tokens.ends[place + 1]))
            place += 2
            continue
        kept += runs.get(place) or [(tokens.words[place], tokens.starts[place], tokens.ends[place])]
        place += 1
    found = Tokens([k[0] for k in kept], [k[1] for k in kept], [k[2] for k in kept])
    return found, words.of_all(found.words)


def _torn(tokens: Tokens, forms: list[Forms], words: Words) -> set[int]:
    """Places of first halves."""
    found: set[int] = set()
    spelled = tokens.words
    for place, form in enumerate(forms):
        if not place or (form and _known(form, spelled[place])):
            continue
        first, second = spelled[place - 1], spelled[place]
        size, rest = len(first), len(second)
        if (
            not _LEAST_OF_SCRAPS < size + rest <= _MOST
            or (size > _SHORT_PIECE and rest > _SHORT_PIECE)
            or (forms[place - 1] and size >= _SHORT_PIECE)
            or tokens.starts[place] - tokens.ends[place - 1] != 1
            or place - 2 in found  # a piece belongs to one word
            or not (first.isalpha() and second.isalpha())
        ):
            continue
        least = _LEAST + bool(forms[place - 1]) if forms[place - 1] or first in _WHOLE else _LEAST_OF_SCRAPS
        if max(words.of(first + second).values(), default=0) >= max(least, size + 2):
            found.add(place - 1)
    return found


def _known(form: Forms, word: str) -> bool:
    """Whether the lexicon knows the word by more than a letter or two that it begins with."""
    letters = max(form.values())
    return letters > _CHANCE or letters == len(word)


def _run_together(tokens: Tokens, words: Words, folded: Folded) -> dict[int, list[tuple[str, int, int]]]:
    """Words spelled apart that stand for several, with their pieces."""
    found = {}
    hidden = iter(folded.disguised)
    last = next(hidden, None)
    for place, word in enumerate(tokens.words):
        if len(word) < _RUN_TOGETHER or not word.isalpha():
            continue
        start, end = folded.span(tokens.starts[place], tokens.ends[place])
        while last and last[1] <= start:
            last = next(hidden, None)
        if last and last[0] < end and end - start > len(word) and (pieces := words.pieces(word)):
            at = tokens.starts[place]
            found[place] = [(word[a:b], at + a, at + b) for a, b in pieces]
    return found
