"""The words and figures of pay as compiled patterns, from `nlp/data/pay.yaml`; each is built once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from nlp.components.pay_data import alternatives, lookup, pay_data, plain


@lru_cache(maxsize=1)
def amount() -> re.Pattern[str]:
    """A sum: a range or one number, with what multiplies it and its currency."""
    data = pay_data()
    number = r"(?:\d{1,3}(?:[ .,']\d{3})+(?!\d)|\d+(?:[.,]\d{1,2})?(?![\d]))"
    signs = [word for forms in data.currencies.values() for word in forms if not word[0].isalnum()]
    codes = ["usd", "eur", "aed", "gbp", "rub", "kzt", "krw", "try", "kgs", "uzs", "sar", "qar", "kwd"]
    pre = alternatives([*signs, *codes])
    times = alternatives(word for words in data.multipliers.values() for word in words)
    currency = alternatives([*(w for ws in data.currencies.values() for w in ws), *data.letters])
    compound = "|".join(_spaced(word) for word in sorted(compounds(), key=len, reverse=True))
    joins = "|".join(sorted(map(re.escape, map(plain, data.joins)), key=len, reverse=True))

    def tail(i: int) -> str:
        multiplied = rf"(?P<k{i}>{compound})(?![^\W_])|(?P<m{i}>{times})(?:\.(?= ?(?:{currency})))?"
        return rf"(?: ?(?:{multiplied})?)(?: ?(?P<c{i}>{currency}))?"

    return re.compile(
        rf"(?<![\w.,:/№#-])(?:(?P<pre>{pre}) ?)?(?P<low>{number}){tail(1)}"
        rf"(?:(?: ?- ?| ?/ ?(?=\d{{1,3}}[ .,]?\d{{3}})| ?(?:{joins}) )(?:(?:{pre}) ?)?(?P<high>{number}){tail(2)})?"
    )


def _spaced(word: str) -> str:
    return re.escape(word).replace(r"\ ", " ")


@lru_cache(maxsize=1)
def compounds() -> Mapping[str, tuple[int, str]]:
    """Multiplier and currency written as one word."""
    return {plain(word): value for word, value in pay_data().compounds.items()}


@lru_cache(maxsize=1)
def currencies() -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """Whole words and stems of currencies."""
    return lookup(pay_data().currencies)


@lru_cache(maxsize=1)
def multipliers() -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """Whole words and stems of thousand and million."""
    return lookup({str(times): words for times, words in pay_data().multipliers.items()})


@lru_cache(maxsize=2)
def nouns(kind: str) -> re.Pattern[str]:
    """Nouns and verbs of pay, `monthly` or `pay`."""
    return re.compile(rf"(?<![^\W_])(?:{alternatives(pay_data().nouns[kind])})")


@lru_cache(maxsize=1)
def period_words() -> re.Pattern[str]:
    """What names a period."""
    groups = (f"(?P<{name}>{alternatives(words)})" for name, words in pay_data().periods.items())
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(groups)})")


@lru_cache(maxsize=1)
def period_behind() -> re.Pattern[str]:
    """A period right behind a sum."""
    data = pay_data()
    names = [*data.periods]
    groups = (f"(?P<{name}>{alternatives([*data.periods[name], *data.bare_periods.get(name, ())])})" for name in names)
    return re.compile(rf"[ +.(*-]{{0,3}}(?:{'|'.join(groups)})")


@lru_cache(maxsize=1)
def not_pay() -> re.Pattern[str]:
    """What a sum is that is no pay: a fine, a fare."""
    return re.compile(rf"(?<![^\W_])(?:{alternatives(pay_data().not_pay)})")


@lru_cache(maxsize=1)
def units() -> re.Pattern[str]:
    """What is counted and no money."""
    return re.compile(rf"[ -]{{0,2}}(?:{alternatives(pay_data().units)})")


@lru_cache(maxsize=1)
def up_to_after() -> re.Pattern[str]:
    """ "Up to" where it stands behind."""
    return re.compile(rf"[^\W\d_]{{0,4}} ?(?:{alternatives(pay_data().up_to_after)})")


@lru_cache(maxsize=2)
def basis_words(basis: str) -> re.Pattern[str]:
    """Words for `net` or `gross`."""
    return re.compile(rf"(?<![^\W_])(?:{alternatives(pay_data().basis[basis])})")


@lru_cache(maxsize=2)
def plain_words(name: str) -> frozenset[str]:
    """A list of the data file, plainly written."""
    return frozenset(plain(word) for word in getattr(pay_data(), name))
