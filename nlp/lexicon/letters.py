"""Other ways a stem may be typed: Uzbek in Cyrillic, Cyrillic words in Latin letters.

All functions take and give folded text. The sound skeleton makes `жумуш`, `zhumush` and `jumush` one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_UZBEK = (
    ("o'", "ў"),
    ("g'", "ғ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("yo'", "йў"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ye", "е"),
    ("ts", "ц"),
)
_UZBEK_SINGLE = dict(zip("abdefghijklmnopqrstuvxyzw'c", "абдефгҳижклмнопқрстувхйзвък", strict=True))
_SOUNDS = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziiklmnoprstufhie", strict=True)),
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
        "ё": "e",
    }
)
_TYPED = ((re.compile("shch|sch|w(?=[aeiou])"), "sh"), (re.compile("kh|x"), "h"), (re.compile("zh|dj|j"), "zh"))


def uzbek_cyrillic(word: str) -> str:
    """A folded Uzbek word in Cyrillic, by the letter rules of domain notes 2.2 (step 8), already folded (ё as е)."""
    out: list[str] = []
    place = 0
    while place < len(word):
        pair = _pair(word, place)
        if pair:
            latin, cyrillic = pair
            out.append(cyrillic)
            place += len(latin)
            continue
        letter = word[place]
        if letter == "e" and (place == 0 or word[place - 1] in "aeiou'"):
            out.append("э")
        else:
            out.append(_UZBEK_SINGLE.get(letter, letter))
        place += 1
    return "".join(out).replace("ё", "е")


def _pair(word: str, place: int) -> tuple[str, str] | None:
    if word.startswith("yo'", place):
        return "yo'", "йў"
    for latin, cyrillic in _UZBEK:
        if word.startswith(latin, place):
            return latin, cyrillic
    return None


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """How a folded word sounds, in plain Latin letters, whether it was typed in Cyrillic or in Latin ones."""
    latin = word.translate(_SOUNDS)
    if latin == word:
        for typed, sound in _TYPED:
            latin = typed.sub(sound, latin)
        latin = latin.replace("ye", "e").replace("yo", "e").replace("yu", "iu").replace("ya", "ia")
        latin = latin.replace("y", "i").replace("'", "").replace("q", "k").replace("w", "v")
        if "c" in latin:
            latin = re.sub("c(?!h)", "ts", latin)
    return re.sub(r"(.)\1+", r"\1", latin.replace("ie", "e"))
