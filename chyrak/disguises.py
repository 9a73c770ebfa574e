"""Undoes what hides a word from a reader that is not human: look-alikes, digits for letters, letters apart.

Works on the view `chyrak.text` made (one sign, one form), and keeps the offset map true: a repair either swaps
signs one for one or takes separators away. Addresses, handles and numbers are left alone, since their letters
mean themselves. Every repair is repeated until nothing changes, so that folding twice is folding once.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

TABLES: Mapping[str, Any] = tomllib.loads(files("chyrak").joinpath("text_tables.toml").read_text(encoding="utf-8"))

_MOST_ROUNDS = 6
_LONGEST_ADDRESS = 300
_CYR = "\u0400-\u052f"
_FOREIGN = "a-z\u00df-\u02af\u0370-\u03ff"
_CYRILLIC = re.compile(f"[{_CYR}]")
_LATIN = re.compile("[a-z]")
# One pass over a text without disguises; where it stops short, something is suspect.
_CLEAN = re.compile(
    rf"(?:[{_CYR}]++(?![{_FOREIGN}0-9@])|[^{_CYR}{_FOREIGN}0-9@]++"
    rf"|[{_FOREIGN}]++(?![{_CYR}]|[0134@][a-z]|(?<=o)[0-9])"
    rf"|(?:[0-9]{{2,}}+|[125789]|[0346](?![{_CYR}]))(?![oозб])|@(?![{_CYR}]))*+"
)
_CHUNK = re.compile(r"\S+")
_TOKEN = re.compile(r"@?[^\W_]+(?:@[^\W_]+)*@?")
_ADDRESS = re.compile(
    r"://|\bwww\.|^@[a-z0-9_.]+$|[a-z0-9_.+-]+@[a-z0-9-]+\.[a-z]|\b(?:t|wa|vk|ok)\.(?:me|ru|com)\b"
    r"|[a-z0-9-]{2,}\.(?:ru|com|me|org|net|info|site|online|link|ee|cc|kg|kz|uz|tj|tm|tr|ae|io|app|example)(?![a-z0-9])"
)
_APART = re.compile(
    r"(?<![^\W_])[^\W\d_]([ .\-_*·•^~|])(?:[^\W\d_]|[0134@])(?:\1(?:[^\W\d_]|[0134@]))+\1[^\W\d_](?![^\W_])"
)
_APART_SHORT = re.compile(r"(?<![^\W_])[^\W\d_]([.\-_*·•^~|])[^\W\d_](?:\1[^\W\d_])+(?![^\W_])")
_APART_WIDE = re.compile(r"(?<![^\W_])[^\W\d_](?: {2}(?:[^\W\d_]|[0134@]))+ {2}[^\W\d_](?![^\W_])")
_SEPARATED = re.compile(r"([ .\-_*·•^~|])[\w@]\1[\w@]\1")
_CARET = re.compile(r"(?<=[^\W\d_])[\^*](?=[^\W\d_])")
_ONLY_CYRILLIC = re.compile("[бгджзийлпфцчшщъыьэюяғқңөұәҳҷӣӯў]")
_ONLY_LATIN = re.compile("[dfjqsvwz]")
# What stands before is looked at after the first sign: a search that begins with a set of signs is many times faster.
_LATIN_WORD = re.compile(r"[a-z\u0370-\u03ff0346](?<![\w@.:'].)[a-z\u0370-\u03ff0346]*(?![\w@']|\.[a-z])")
_DOUBTFUL = re.compile(
    r"[aceopxybhkmt\u0250-\u03ff0346](?<![\w@.:'].)[aceopxybhkmt\u0250-\u03ff0346]*(?![\w@']|\.[a-z])"
)
_WORD = re.compile(r"[^\W_]+")
_ZEROS = re.compile(r"(?<![^\W_])[0-9oо]+(?:[ \-.()]{1,3}[0-9oо]+)*(?![^\W_])")
_DRIVING = frozenset("abcdemавсдемт")  # licence categories, which people do list letter by letter

_TO_CYRILLIC: Mapping[str, str] = TABLES["to_cyrillic"]
_TO_LATIN: Mapping[str, str] = TABLES["to_latin"]
_SMALL = frozenset(TABLES["small"])
_SMALL_SIGN = re.compile("[" + "".join(sorted({*_SMALL, *map(str.lower, _SMALL)})) + "]")
_UPPER = frozenset(TABLES["lookalike"]["upper"])
_LOWER = frozenset(TABLES["lookalike"]["lower"])
_STRICT = _LOWER | frozenset(TABLES["lookalike"]["upper"].lower())
_IMITATING = _STRICT | frozenset(TABLES["lookalike"]["imitating"])
_ABBREVIATIONS = frozenset(TABLES["lookalike"]["abbreviations"])
_REAL_WORDS = frozenset(TABLES["lookalike"]["words"])
_DIGITS: Mapping[str, tuple[str, str]] = TABLES["digits"]
_DIGITS_LATIN: Mapping[str, str] = TABLES["digits_latin"]
_BEGINNINGS = tuple(TABLES["digits_first"]["beginnings"])
_AS_DIGITS = {"o": "0", "о": "0", "з": "3", "б": "6"}
_NUMERIC = frozenset("0123456789oil")
_TURKIC = frozenset("ғңүөәұқҳҷӣӯў")
_SOUNDS: Mapping[str, str] = TABLES["sounds"]
_VOWELS = frozenset("аеёиоуыэюяөүұәіӣӯўѐѝaeiouyäöüý")


def repair(
    text: str, view: str, offsets: Sequence[int], hidden: Sequence[tuple[int, int]] = ()
) -> tuple[str, Sequence[int], tuple[tuple[int, int], ...]]:
    """The view with its disguises undone, its offsets, and the repaired words as spans of the original.

    `hidden` are words, as spans of the original, that the caller already had to put together.
    """
    found = set(hidden)
    small = bool(_SMALL_SIGN.search(text))
    for _ in range(_MOST_ROUNDS):
        before = view
        view, offsets = _join(text, view, offsets, found)
        if (_DOUBTFUL.search(view) or small) and _CYRILLIC.search(view):
            view = _between_cyrillic(text, view, offsets, found, small)
        if not _clean(view, 0, len(view)):
            view = _respell(text, view, offsets, found)
        if view == before:
            break
    return view, offsets, tuple(sorted(found))


def _join(text: str, view: str, offsets: Sequence[int], found: set[tuple[int, int]]) -> tuple[str, Sequence[int]]:
    """Letters apart put together, marks inside words taken out."""
    runs: list[tuple[int, int, str]] = []
    if _SEPARATED.search(view):
        runs = [(*run.span(), run[1]) for run in _APART.finditer(view) if _one_word(run[0])]
    if runs:
        separators = {separator for _, _, separator in runs}
        taken = {start for start, _, _ in runs}
        short = [r for r in _APART_SHORT.finditer(view) if r[1] in separators and r.start() not in taken]
        runs = [_same_case(text, offsets, run) for run in runs] + [(*r.span(), r[1]) for r in short]
    gaps = [place for start, end, _ in runs for place in range(start + 1, end, 2)]
    if "  " in view:
        wide = [run.span() for run in _APART_WIDE.finditer(view) if _one_word(run[0].replace("  ", " "))]
        gaps += [place + i for start, end in wide for place in range(start + 1, end, 3) for i in (0, 1)]
        found.update((offsets[start], offsets[end - 1] + 1) for start, end in wide)
    if "^" in view or "*" in view:
        marks = [mark.start() for mark in _CARET.finditer(view)]
        found.update((offsets[place - 1], offsets[place + 1] + 1) for place in marks)
        gaps += marks
    if not gaps:
        return view, offsets
    found.update((offsets[start], offsets[end - 1] + 1) for start, end, _ in runs)
    pieces: list[str] = []
    kept: list[int] = []
    start = 0
    for place in sorted(set(gaps)):
        pieces.append(view[start:place])
        kept.extend(offsets[start:place])
        start = place + 1
    pieces.append(view[start:])
    kept.extend(offsets[start:])
    return "".join(pieces), kept


def _one_word(run: str) -> bool:
    """Whether letters apart spell a word: not licence categories, not numbers with a letter between."""
    signs = run[::2]
    return not _DRIVING.issuperset(signs) and sum(sign.isalpha() for sign in signs) * 3 >= len(signs) * 2


def _same_case(text: str, offsets: Sequence[int], run: tuple[int, int, str]) -> tuple[int, int, str]:
    """The run without a last letter in another case: P A Б O T A в Ош."""
    start, end, separator = run
    written = [text[place] for place in offsets[start:end:2]]
    alone = len(written) > 4 and written[-1].islower() and all(sign.isupper() for sign in written[:-1])
    return (start, end - 2, separator) if alone else run


def _respell(text: str, view: str, offsets: Sequence[int], found: set[tuple[int, int]]) -> str:
    """Words of mixed scripts, or with digits for letters, in the one script they are meant in."""
    edits: list[tuple[int, str]] = []
    mostly_cyrillic: bool | None = None
    for chunk in _CHUNK.finditer(view):
        start, end = chunk.span()
        if _clean(view, start, end):
            continue
        address = end - start <= _LONGEST_ADDRESS and bool(_ADDRESS.search(chunk[0]))
        for token in _TOKEN.finditer(view, start, end):
            word = token[0]
            if word.isalpha() and (not _CYRILLIC.search(word) or not _mixed(word)):
                continue
            if mostly_cyrillic is None:
                mostly_cyrillic = _mostly_cyrillic(view)
            written = "".join(text[place] for place in offsets[token.start() : token.end()])
            respelled = _in_address(word) if address else _one_script(word, written, mostly_cyrillic)
            if respelled != word:
                edits.append((token.start(), respelled))
                found.add((offsets[token.start()], offsets[token.end() - 1] + 1))
    view = _edited(view, edits)
    zeros = [
        (run.start(), run[0].replace("o", "0").replace("о", "0")) for run in _ZEROS.finditer(view) if _number(run[0])
    ]
    return _edited(view, zeros)


def _mostly_cyrillic(view: str) -> bool:
    """Which script the text is meant in, by the letters that have no double in the other."""
    cyrillic, latin = len(_ONLY_CYRILLIC.findall(view)) * 3, len(_ONLY_LATIN.findall(view))
    return cyrillic > latin or (cyrillic == latin and len(_CYRILLIC.findall(view)) > len(_LATIN.findall(view)))


def _clean(view: str, start: int, end: int) -> bool:
    found = _CLEAN.match(view, start, end)
    return found is not None and found.end() == end


def _mixed(word: str) -> bool:
    return any(not "\u0400" <= letter <= "\u052f" for letter in word)


def _number(run: str) -> bool:
    """Whether a run of digits and O's, perhaps in groups, is a number: each O stands within it."""
    groups = re.findall(r"[0-9oо]+", run)
    digits = [any(sign.isdigit() for sign in group) for group in groups]
    thousands = re.search(r"[0-9oо]\.[oо]{3}$", run)  # 2.100.ООО, while 100 ООО may be a company
    return ("o" in run or "о" in run) and digits[0] and (digits[-1] or bool(thousands))


def _edited(view: str, edits: Sequence[tuple[int, str]]) -> str:
    """`view` with pieces written over; each edit is a place and a text of the same length as what stood there."""
    pieces: list[str] = []
    start = 0
    for place, piece in edits:
        pieces += (view[start:place], piece)
        start = place + len(piece)
    pieces.append(view[start:])
    return "".join(pieces)


def _in_address(word: str) -> str:
    """Handles and links are of ASCII: a Cyrillic double in one is a disguise."""
    return "".join(_TO_LATIN.get(sign, sign) for sign in word) if _LATIN.search(word) else word


def _one_script(word: str, written: str, mostly_cyrillic: bool) -> str:
    if word[0].isdigit():
        head = len(word) - len(word.lstrip("0123456789"))
        if word.isdigit():
            return word
        if _reads_as_number(word):
            return "".join(_AS_DIGITS.get(sign, sign) for sign in word)
        if word[-1] in "кkтt" and not word[:-1].isdigit() and _reads_as_number(word[:-1]):  # 5ООк
            return "".join(_AS_DIGITS.get(sign, sign) for sign in word)
        if not (word.startswith(_BEGINNINGS) or (head == 1 and word[0] == "0" and len(word) > 3)):
            return word[:head] + _one_script(word[head:], written[head:], mostly_cyrillic)
    elif word[-1].isdigit() and _reads_as_number(word):
        return "".join(_AS_DIGITS.get(sign, sign) for sign in word)
    cyrillic = [sign for sign in word if "\u0400" <= sign <= "\u052f"]
    foreign = [sign for sign in word if sign.isalpha() and not "\u0400" <= sign <= "\u052f"]
    if not cyrillic:
        return _latin_without_digits(word) if foreign else word
    if not foreign:
        return _cyrillic_without_digits(word)
    if _is_latin(cyrillic, foreign, mostly_cyrillic):
        latin = "".join(_TO_LATIN.get(sign, sign) for sign in word)
        return _latin_without_digits(latin)
    if _borrowed_with_ending(word, written):
        return word
    if set(cyrillic) <= _TURKIC and len(foreign) > len(cyrillic) and not _STRICT.issuperset(foreign):
        return "".join(_SOUNDS.get(sign) or _TO_CYRILLIC.get(sign, sign) for sign in word)
    return _cyrillic_without_digits("".join(map(_cyrillic_double, word, written)), disguised=True)


def _reads_as_number(word: str) -> bool:
    """Digits with O for 0, and З or б between digits for 3 and 6; more digits than letters."""
    letters = sum(sign in _AS_DIGITS for sign in word)
    if letters + sum(sign.isdigit() for sign in word) < len(word) or letters == len(word):
        return False
    zeros = sum(sign in "oо" for sign in word)
    inside = word[-1].isdigit() and (word[0].isdigit() or word[0] in "oоз")
    return zeros == letters or (inside and letters * 2 <= len(word)) or (word[0].isdigit() and zeros >= 2)


def _is_latin(cyrillic: Sequence[str], foreign: Sequence[str], mostly_cyrillic: bool) -> bool:
    if any(sign not in _TO_LATIN for sign in cyrillic):
        return False
    if any(sign not in _IMITATING and "a" <= sign <= "z" for sign in foreign):
        return True
    return not mostly_cyrillic


def _borrowed_with_ending(word: str, written: str) -> bool:
    """A Latin name with a Cyrillic ending (telegramга, HRменеджер): two scripts, no disguise."""
    edge = next((i for i, sign in enumerate(word) if not "a" <= sign <= "z"), len(word))
    name = word[:edge]
    if edge < 2 or not all("\u0400" <= sign <= "\u052f" for sign in word[edge:]):
        return False
    if not _SMALL.isdisjoint(written):
        return False
    return name in _ABBREVIATIONS or (edge >= 3 and any(sign not in _STRICT and sign not in "nurm" for sign in name))


def _cyrillic_double(sign: str, written: str) -> str:
    if "\u0400" <= sign <= "\u052f" or not sign.isalpha():
        return sign
    return (
        _TO_CYRILLIC.get(written)
        or _TO_CYRILLIC.get(unicodedata.normalize("NFKC", written))
        or _TO_CYRILLIC.get(sign, sign)
    )


def _cyrillic_without_digits(word: str, disguised: bool = False) -> str:
    """Digits and @ inside a Cyrillic word as the letters they stand for.

    Numbers at its ends stay, unless other signs show that the word is `disguised`.
    """
    if word.isalpha() or (sum(sign.isalpha() for sign in word) < 2 and "@" not in word):
        return word
    inner = word.startswith(_BEGINNINGS) or any(_stands_for_letter(word, i) for i in range(1, len(word) - 1))
    signs = list(word)
    for i, sign in enumerate(word):
        if sign not in _DIGITS:
            continue
        first, last = i == 0, i == len(word) - 1
        if not (
            _stands_for_letter(word, i) or (first and _begins(word)) or (last and (sign in "0@" or inner or disguised))
        ):
            continue
        before, after = word[i - 1 : i], word[i + 1 : i + 2]
        closed = bool(before) and before not in _VOWELS and after not in _VOWELS
        signs[i] = _DIGITS[sign][0 if closed and after not in ("ь", "ъ") else 1]
    return "".join(signs)


def _stands_for_letter(word: str, i: int) -> bool:
    return 0 < i < len(word) - 1 and word[i] in _DIGITS and word[i - 1].isalpha() and word[i + 1].isalpha()


def _begins(word: str) -> bool:
    return word[0] in "0@" or word.startswith(_BEGINNINGS)


def _latin_without_digits(word: str) -> str:
    if word.isalpha() or sum(sign.isalpha() for sign in word) < 3 or word[0] == "@":
        return word
    signs = list(word)
    for i in range(1, len(word)):
        inside = i + 1 < len(word) and word[i - 1].isalpha() and word[i + 1].isalpha()
        if word[i] in _DIGITS_LATIN and inside:
            signs[i] = _DIGITS_LATIN[word[i]]
    return "".join(signs)


def _between_cyrillic(text: str, view: str, offsets: Sequence[int], found: set[tuple[int, int]], small: bool) -> str:
    """Words of look-alikes only, such as H0CTEC, where the words around them are Cyrillic."""
    doubtful = {
        word.start(): word.end()
        for word in (_LATIN_WORD if small else _DOUBTFUL).finditer(view)
        if _looks_cyrillic(word[0], "".join(text[place] for place in offsets[word.start() : word.end()]))
    }
    if not doubtful:
        return view
    edits: list[tuple[int, str]] = []
    run: list[tuple[int, int]] = []
    before = ""
    for word in _WORD.finditer(view):
        end = doubtful.get(word.start())
        if end == word.end():
            run.append(word.span())
            continue
        script = _script(word[0])
        if not script:
            continue
        if run and script == "c" and before in ("", "c"):
            edits += _respelled(text, view, offsets, run)
        run, before = [], script
    if run and before == "c":
        edits += _respelled(text, view, offsets, run)
    found.update((offsets[place], offsets[place + len(piece) - 1] + 1) for place, piece in edits)
    return _edited(view, edits)


def _respelled(text: str, view: str, offsets: Sequence[int], run: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
    edits = []
    for start, end in run:
        letters = (_cyrillic_double(view[i], text[offsets[i]]) for i in range(start, end))
        edits.append((start, _cyrillic_without_digits("".join(letters))))
    return edits


def _looks_cyrillic(word: str, written: str) -> bool:
    if word in _REAL_WORDS or word[0].isdigit() or sum(sign.isdigit() for sign in word) * 2 > len(word):
        return False
    for sign, original in zip(word, written, strict=True):
        if sign.isdigit():
            if len(word) < 4:
                return False
        elif original in _SMALL or original.lower() in _SMALL:
            continue
        elif "a" <= sign <= "z":
            plain = unicodedata.normalize("NFKC", original)
            if not (plain in _UPPER or plain in _LOWER):
                return False
        elif sign not in _TO_CYRILLIC:
            return False
    return True


def _script(word: str) -> str:
    """`c` for a word with a Cyrillic letter, `l` for any other letters, empty for numbers."""
    if _CYRILLIC.search(word):
        return "c"
    return "" if _NUMERIC.issuperset(word) else "l"
