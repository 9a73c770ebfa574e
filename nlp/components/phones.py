"""Telephone numbers as people write them: grouped, spelled out, with O for 0, split over lines, local or with a code.

Own work is only what comes before the library: finding runs of digits, undoing disguises, and guessing the country
of a local number from the languages of the text. Whether a number can exist is libphonenumber's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from chyrak.text import WORD, Folded, fold
from nlp.components.contact_data import contact_data
from nlp.components.stretches import Stretches

_GROUP = r"(?:[0-9oоilзsб]*[0-9][0-9oоilзsб]*|[oо]{1,4})"
_GAP = r"(?:[ \-.()_*]{1,4}|[ ]?\n[ ]?)"
_RUN = re.compile(rf"(?<![\w@=#/.-])\+?[ (]{{0,2}}[0-9oоilзsб]*[0-9][0-9oоilзsб]*(?:{_GAP}{_GROUP}){{0,22}}(?![\w@])")
_GROUPS = re.compile(_GROUP)
_AS_DIGITS = str.maketrans({"o": "0", "о": "0", "i": "1", "l": "1", "з": "3", "s": "5", "б": "6"})
_SPELLED_GAP = re.compile(r"[\s,.\-()]{0,3}")
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[.]\d{1,2}[.](?:19|20)\d{2}|(?:19|20)\d{2}[.-]\d{1,2}[.-]\d{1,2})(?!\d)")
_LOOK_BACK = 40
_LEAST_DIGITS, _MOST_DIGITS = 8, 15
_PAIRS = (2, 2, 2, 2)
_NINE = ((2, 3, 2, 2), (9,), (2, 7), (2, 3, 4), (5, 2, 2), (5, 4), (2, 4, 3))
_KYRGYZ = (3, 3, 3)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 and where it stands in the folded text."""

    number: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Group:
    digits: str
    start: int
    end: int


def find_phones(folded: Folded, languages: Sequence[str] = (), taken: Sequence[tuple[int, int]] = ()) -> list[Phone]:
    """Numbers in reading order, outside the stretches `taken` (of the folded text) by other contacts.

    `languages` decide what country a local number belongs to; without them the letters of the text do.
    """
    text = folded.text
    others = Stretches(taken)
    runs = [groups for run in _RUN.finditer(text) if (groups := _groups(text, run, others))]
    if says_zero(text):
        runs += _spelled_runs(text)
    if not runs:
        return []
    regions = _regions(folded, languages)
    found: list[Phone] = []
    known = Stretches()
    for digit_groups, plus in runs:
        for phone in _in_run(text, digit_groups, plus, regions):
            if not known.meets(phone.start, phone.end):
                known.add(phone.start, phone.end)
                found.append(phone)
    return sorted(found, key=lambda phone: phone.start)


def says_zero(text: str) -> bool:
    """Whether a folded text has a word for zero, as every spelled-out number has."""
    return any(word in text for word in contact_data().zero_words) and bool(_zero().search(text))


@lru_cache(maxsize=1)
def _zero() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, contact_data().zero_words))})")


@lru_cache(maxsize=4096)
def country_of(number: str) -> str | None:
    """ISO country of an E.164 number, or None when the library cannot tell."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None


def _groups(text: str, run: re.Match[str], taken: Stretches) -> tuple[list[_Group], bool] | None:
    digits = sum(sign.isdigit() or sign in "oо" for sign in run[0])
    if digits < _LEAST_DIGITS or taken.meets(*run.span()):
        return None
    groups = [
        _Group(group[0].translate(_AS_DIGITS), group.start(), group.end())
        for group in _GROUPS.finditer(text, run.start(), run.end())
    ]
    return groups, text[run.start()] == "+"


def _in_run(text: str, groups: Sequence[_Group], plus: bool, regions: Sequence[str]) -> Iterator[Phone]:
    """The numbers in one run of digit groups, from the right: what stands before one is often an age or a pay."""
    last = len(groups)
    while last > 0:
        for first in range(max(0, last - _MOST_DIGITS), last):
            part = groups[first:last]
            digits = "".join(group.digits for group in part)
            signed = plus and first == 0
            if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS or not (signed or _likely(digits)):
                continue
            sizes = tuple(len(group.digits) for group in part)
            number = _number(digits, signed, sizes, text, part[0].start, part[-1].end, regions)
            if number:
                start = max(0, text.rfind("+", 0, part[0].start)) if signed else part[0].start
                yield Phone(number, start, part[-1].end)
                last = first
                break
        else:
            last -= 1


def _likely(digits: str) -> bool:
    """A cheap look before the dear one: numbers without a plus sign of these lengths and first digits exist."""
    if len(digits) < 9:
        return digits[0] == "6"
    return digits[:3] != "000" and (len(digits) < 13 or digits[:2] == "00")


def _number(
    digits: str, plus: bool, sizes: tuple[int, ...], text: str, start: int, end: int, regions: Sequence[str]
) -> str | None:
    """The E.164 form of the digits, if they can be a number and nothing around says that they are something else."""
    for candidate in _candidates(digits, plus, sizes, text, start, regions):
        if _exists(candidate):
            return None if _something_else(text, start, end, plus) else candidate
    return None


def _candidates(
    digits: str, plus: bool, sizes: tuple[int, ...], text: str, start: int, regions: Sequence[str]
) -> Iterator[str]:
    if plus:
        yield f"+{digits}"
        return
    if digits.startswith("00") and len(digits) > 11:
        yield f"+{digits[2:]}"
        return
    size = len(digits)
    for code, sizes_of_code in contact_data().country_codes.items():
        if size in sizes_of_code and digits.startswith(code) and (code != "7" or digits[1] in "79"):
            yield f"+{digits}"
    if size == 11 and digits[0] == "8" and (digits[1] in "3479" or digits.startswith("8800")):
        yield f"+7{digits[1:]}"
    elif size == 11 and digits.startswith("05"):
        yield f"+90{digits[1:]}"
    elif size == 11 and digits.startswith("010"):
        yield f"+82{digits[1:]}"
    elif size == 10 and digits[0] == "0" and digits[1] in "23579":
        yield f"+996{digits[1:]}"
    elif size == 10 and digits[0] in "79" and (sizes == (10,) or _called(text, start)):
        yield f"+7{digits}"
    elif size == 9:
        yield from _nine_digits(digits, sizes, text, start, regions)
    elif size == 8 and digits[0] == "6" and "TM" in regions[:1] and (sizes == _PAIRS or _called(text, start)):
        yield f"+993{digits}"


def _nine_digits(digits: str, sizes: tuple[int, ...], text: str, start: int, regions: Sequence[str]) -> Iterator[str]:
    """UZ, TJ and KG write nine digits without a code; 3-3-3 is also how sums of money are written."""
    called = _called(text, start)
    if sizes == _KYRGYZ and not called:
        return
    for region in regions:
        if region == "KG" and (called or sizes == _KYRGYZ) and digits[0] in "2579":
            yield f"+996{digits}"
        elif region in ("UZ", "TJ") and (sizes in _NINE or len(sizes) == 9):
            yield f"+{998 if region == 'UZ' else 992}{digits}"


@lru_cache(maxsize=4096)
def _exists(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def _called(text: str, start: int) -> bool:
    """Whether a word just before speaks of a telephone."""
    before = text[max(0, start - _LOOK_BACK) : start]
    return any(word in before for word in _folded_words("phone_words"))


def _something_else(text: str, start: int, end: int, plus: bool) -> bool:
    """Whether the digits are a price, a date, a licence or a registry number."""
    after = text[end : end + 12].lstrip(" )")
    if not plus and after.startswith(_folded_words("not_phone_after")):
        return True
    before = text[max(0, start - 16) : start].rstrip(" :-+(")
    if any(before.endswith(word) for word in _folded_words("not_phone_before")):
        return True
    return bool(_DATE.search(text, max(0, start - 6), end + 6))


@lru_cache(maxsize=4)
def _folded_words(name: str) -> tuple[str, ...]:
    return tuple(fold(word).text for word in getattr(contact_data(), name))


def _regions(folded: Folded, languages: Sequence[str]) -> tuple[str, ...]:
    known = [region for language in languages for region in contact_data().regions.get(language, ())]
    return tuple(dict.fromkeys([*known, *_by_letters(folded.text)]))


def _by_letters(text: str) -> list[str]:
    """Countries in the order in which the letters of the text speak for their languages."""
    signs = {"KG": "өүң", "KZ": "әұіғқһ", "UZ": "ўқғҳ'", "TJ": "ӣӯҷҳғқ", "TM": "ýňäşžç"}
    counts = {region: sum(text.count(sign) for sign in letters) for region, letters in signs.items()}
    latin = sum("a" <= sign <= "z" for sign in text[:400])
    counts["UZ"] += latin // 20
    return sorted(counts, key=lambda region: -counts[region])


def _spelled_runs(text: str) -> list[tuple[list[_Group], bool]]:
    """Runs of number words and digit groups, as groups of digits: ноль семьсот пятьдесят пять 12."""
    words = _number_words()
    runs: list[list[tuple[str | None, int, int]]] = [[]]
    for word in WORD.finditer(text):
        value = word[0] if word[0].isdigit() and len(word[0]) <= 12 else words.get(word[0])
        follows = runs[-1] and _SPELLED_GAP.fullmatch(text, runs[-1][-1][2], word.start())
        if value is None or not follows:
            runs.append([])
        if value is not None:
            runs[-1].append((value, word.start(), word.end()))
    return [(_summed(run), False) for run in runs if sum(not text[s:e].isdigit() for _, s, e in run) >= 2]


def _summed(run: Sequence[tuple[str | None, int, int]]) -> list[_Group]:
    """Number words put together as they are read: пятьсот пятьдесят пять is 555."""
    groups: list[_Group] = []
    open_digits = 0
    for value, start, end in run:
        digits = value or ""
        if groups and open_digits and len(digits) <= open_digits and digits.strip("0"):
            whole = int(groups[-1].digits) + int(digits)
            groups[-1] = _Group(str(whole), groups[-1].start, end)
            open_digits = len(digits) - len(digits.rstrip("0"))
            open_digits = min(open_digits, len(digits) - 1)
        else:
            groups.append(_Group(digits, start, end))
            open_digits = len(digits) - len(digits.rstrip("0")) if digits[:1] != "0" and len(digits) > 1 else 0
    return groups


@lru_cache(maxsize=1)
def _number_words() -> Mapping[str, str]:
    return {
        fold(word).text: str(value) for words in contact_data().number_words.values() for word, value in words.items()
    }
