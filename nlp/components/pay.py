"""Pay promises in one normal form: from `зп 75.000т.р`, `3-5к$`, `oyiga 5 mln so'm` to US dollars a month.

A sum counts when it has a currency, or a multiplier or a noun of pay beside it; what a fine, a ticket or a course costs
does not. A period is read, never guessed: without one there is no monthly figure (Gulf pay is weekly, and many adverts
print the pay of a shift with no unit). Rates and their date are in `nlp/data/fx.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chyrak.records import Contact, Pay, Place, Span
from chyrak.text import Folded
from nlp.components.pay_data import pay_data, rates
from nlp.components.pay_reference import ratio_to_reference, role_of
from nlp.components.pay_words import (
    amount,
    basis_words,
    compounds,
    currencies,
    multipliers,
    not_pay,
    nouns,
    period_behind,
    period_words,
    plain_words,
    units,
    up_to_after,
)
from nlp.components.places import HOME, work_countries
from nlp.components.stretches import Stretches

__all__ = ["choose_pay", "find_pay", "ratio_to_reference", "role_of", "usd"]

_LOOK_BACK, _LOOK_AHEAD = 48, 30
_CLAUSE_END = re.compile(r"[.;!?\n•]\s|\n|[.;!?]$")
_COUNTED = re.compile(r"\d+[^\W\d_]*[\s-]*[^\W\d_]*[\s-]*$")
_THOUSANDS_MEANT = {"RUB": 1000, "KZT": 2000, "KGS": 1000}
"""Below this a monthly figure without a multiplier is written in thousands: зп 60-80, 150 тг."""
_ABBREVIATED = re.compile(r"(?:руб|pyб|р|p|тыс|т|долл|тг|смн|с|мес)$")
_MIN_IS_A_THOUSAND = frozenset({"ky", "uz", "kk"})
"""Languages in which мин is миң typed plainly; elsewhere it is a minute."""
_NOT_MONTHLY_BELOW_USD = 60.0


@dataclass(frozen=True, slots=True)
class _Sum:
    low: float | None
    high: float | None
    currency: str | None
    multiplied: bool
    start: int
    end: int


def find_pay(
    folded: Folded,
    languages: Sequence[str] = (),
    places: Sequence[Place] = (),
    contacts: Sequence[Contact] = (),
) -> tuple[Pay, ...]:
    """Every pay promise in reading order; empty when none is stated.

    `languages` and `places` decide what a bare сом, manat, rial or a sum without currency is in; `contacts` are
    stretches that are no sums.
    """
    text = folded.lazy
    taken = Stretches((contact.span.start, contact.span.end) for contact in contacts if contact.span)
    found = []
    for match in amount().finditer(text):
        if _may_be_a_sum(match) and not taken.meets(*folded.span(*match.span())):
            pay = _promise(folded, text, match, languages, places)
            found += [pay] if pay else []
    return tuple(found)


def choose_pay(found: Sequence[Pay]) -> Pay | None:
    """The main promise: the surest, of equals the first."""
    return max(found, key=lambda pay: pay.confidence, default=None)


def usd(amount: float, currency: str) -> float | None:
    """US dollars at the rates of the data file, or None for a currency it does not hold."""
    rate = rates().rates.get(currency)
    return amount / rate if rate else None


def _may_be_a_sum(match: re.Match[str]) -> bool:
    """A cheap look: a bare number under a thousand is none, and a multiplier alone is looked at by its words."""
    return bool(match.lastgroup != "low" or match["high"] or len(match["low"]) > 3)


def _promise(
    folded: Folded, text: str, match: re.Match[str], languages: Sequence[str], places: Sequence[Place]
) -> Pay | None:
    before, after = _around(text, match.start(), match.end())
    noun = _noun(before, after)
    if not noun and not any(match.group("m1", "m2", "k1", "k2", "c1", "c2", "pre")):
        return None
    period, near = _period(before, after, noun == "monthly")
    total = _sum(match, languages, places)
    if total is None or period == "piece" or _is_no_pay(before, after):
        return None
    inferred = total.currency is None
    currency = total.currency
    if inferred:
        told = noun or near or (total.multiplied and _basis(before, after) != "unknown")
        if units().match(after) or not told or not (total.multiplied or _large(total, bool(noun))):
            return None
        if match["m1"] == "мин" and not set(languages) & _MIN_IS_A_THOUSAND:
            return None
        currency = _local_currency(languages, places)
    low, high = _bounds(total, before, after)
    implied = not period and noun == "monthly"
    if implied:
        period = "month"
    low, high = _in_thousands(low, high, currency, period or ("month" if noun else ""), total)
    middle = _middle(low, high)
    if not period and noun and currency and _plausible_month(middle, currency):
        period, implied = "month", True
    confidence = (
        0.45 + 0.25 * bool(near) + 0.15 * bool(noun) + 0.15 * (not inferred) - 0.1 * (implied and noun != "monthly")
    )
    start, end = folded.span(total.start, total.end)
    return Pay(
        minimum=low,
        maximum=high,
        currency=currency,
        period=period or "unknown",
        basis=_basis(before, after),
        usd_month=_to_month(middle, currency, period),
        confidence=round(min(1.0, confidence), 2),
        span=Span(start, end, folded.original[start:end]),
    )


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind the sum, within its sentence."""
    before = text[max(0, start - _LOOK_BACK) : start]
    cut = 0
    for found in _CLAUSE_END.finditer(before):
        cut = found.end()
    after = text[end : end + _LOOK_AHEAD]
    if after.startswith(".") and _ABBREVIATED.search(text, start, end):
        after = after[1:]
    stop = _CLAUSE_END.search(after)
    return before[cut:], after[: stop.start()] if stop else after


def _sum(match: re.Match[str], languages: Sequence[str], places: Sequence[Place]) -> _Sum | None:
    first = _times(match["m1"], match["k1"])
    second = _times(match["m2"], match["k2"]) if match["high"] else None
    low = _value(match["low"], first or second)
    high = _value(match["high"], second or first) if match["high"] else None
    written = match["c2"] or match["c1"] or match["pre"]
    if written and written.rstrip(".") in ("с", "c") and (high or low) < 100:  # 28-45 с образованием
        return None
    compound = match["k2"] or match["k1"]
    currency = _currency(written, languages, places) if written else _compound(compound)[1] if compound else None
    if high is not None and high < low:
        if first is None and second is None and low > 100 * high:
            return None
        low, high = high, low
    end = match.start() + len(match[0].rstrip(" "))
    return _Sum(low, high, currency, bool(first or second), match.start(), end)


def _value(digits: str, times: int | None) -> float:
    number = digits
    grouped = re.fullmatch(r"\d{1,3}(?:[ .,']\d{3})+", number)
    if grouped and not (times and times >= 1_000_000):
        number = re.sub(r"[ .,']", "", number)
    else:
        number = number.replace(" ", "").replace("'", "").replace(",", ".")
        if number.count(".") > 1:
            number = number.replace(".", "")
    return float(number) * (times if times and not (times == 1000 and float(number) >= 10_000) else 1)


def _times(word: str | None, compound: str | None) -> int | None:
    if compound:
        return _compound(compound)[0]
    if not word:
        return None
    whole, stems = multipliers()
    found = whole.get(word) or next((key for stem, key in stems if word.startswith(stem)), None)
    return int(found) if found else None


def _compound(written: str) -> tuple[int, str]:
    return compounds()[re.sub(r"\s+", " ", written)]


def _currency(written: str, languages: Sequence[str], places: Sequence[Place]) -> str | None:
    word = re.sub(r"\s+", " ", written.strip())
    letters = pay_data().letters.get(word)
    if letters is None and word.startswith(("сом", "som")) and not word.startswith(("сомон", "somon")):
        letters = pay_data().letters.get(word[:3])
    if letters is not None:
        return next((letters[language] for language in languages if language in letters), "KGS")
    whole, stems = currencies()
    code = whole.get(word) or next((key for stem, key in stems if word.startswith(stem)), None)
    rows = pay_data().by_country.get(code or "")
    if rows:
        return next((rows[place.country] for place in places if place.country in rows), code)
    return code


def _noun(before: str, after: str) -> str | None:
    """`monthly` or `pay` when a noun or verb of pay stands beside the sum."""
    for kind in ("monthly", "pay"):
        if nouns(kind).search(before) or nouns(kind).match(after.lstrip(" )-+")):
            return kind
    return None


def _period(before: str, after: str, monthly: bool) -> tuple[str | None, bool]:
    """The period named beside the sum, and whether one was; a word further behind counts for less than a noun."""
    behind = period_behind().match(after)
    if behind:
        return str(behind.lastgroup), True
    for found in reversed(list(period_words().finditer(before))):
        if not _COUNTED.search(before, 0, found.start()):
            return str(found.lastgroup), True
    later = None if monthly else period_words().search(after)
    if later and not _COUNTED.search(after, 0, later.start()):
        return str(later.lastgroup), True
    return None, False


def _is_no_pay(before: str, after: str) -> bool:
    """Whether the sum is a cost, a fine, a deposit, a bonus: by the words of its own clause."""
    clause = re.split(r"[,(+]\s", before)[-1]
    behind = re.split(r"[,(+]", after)[0]
    return bool(not_pay().search(clause[-34:]) or not_pay().match(behind.lstrip()))


def _large(total: _Sum, noun: bool) -> bool:
    """Whether a sum without currency and multiplier may be pay at all: 50 000, or зп 60-80."""
    return (total.high or total.low or 0) >= 1000 or (noun and total.high is not None)


def _bounds(total: _Sum, before: str, after: str) -> tuple[float | None, float | None]:
    if total.high is not None:
        return total.low, total.high
    if _ends_with(before, "up_to") or up_to_after().match(after):
        return None, total.low
    if _ends_with(before, "from_") or after.startswith("+"):
        return total.low, None
    return total.low, total.low


def _ends_with(before: str, name: str) -> bool:
    words = before.split()
    return bool(words) and words[-1] in plain_words(name)


def _in_thousands(
    low: float | None, high: float | None, currency: str | None, period: str, total: _Sum
) -> tuple[float | None, float | None]:
    limit = _THOUSANDS_MEANT.get(currency or "", 0)
    top = high or low or 0.0
    if period == "month" and not total.multiplied and 10 <= top < limit:
        return low and low * 1000, high and high * 1000
    return low, high


def _middle(low: float | None, high: float | None) -> float | None:
    if low is not None and high is not None:
        return (low + high) / 2
    return low if low is not None else high


def _plausible_month(middle: float | None, currency: str) -> bool:
    amount = usd(middle or 0.0, currency)
    return amount is not None and amount >= _NOT_MONTHLY_BELOW_USD * (1.5 if currency == "RUB" else 1.0)


def _to_month(middle: float | None, currency: str | None, period: str | None) -> float | None:
    data = pay_data()
    times = {
        "hour": data.hours_a_month,
        "shift": data.days_a_month,
        "day": data.days_a_month,
        "week": data.weeks_a_month,
        "month": 1.0,
    }.get(period or "")
    if times is None or middle is None or currency is None:
        return None
    amount = usd(middle * times, currency)
    return round(amount, 2) if amount is not None else None


def _local_currency(languages: Sequence[str], places: Sequence[Place]) -> str | None:
    """The currency of the country the work is in; abroad outside it nobody knows."""
    data = pay_data()
    work = work_countries(places)
    known = {data.local[country] for country in work if country in data.local}
    if known:
        return "RUB" if "RUB" in known else min(known)
    if work and not work & HOME:
        return None
    return next(
        (data.local_by_language[language] for language in languages if language in data.local_by_language), None
    )


def _basis(before: str, after: str) -> str:
    for basis in ("net", "gross"):
        if basis_words(basis).search(before[-24:]) or basis_words(basis).search(after):
            return basis
    return "unknown"
