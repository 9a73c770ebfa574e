"""Made-up adverts and the queries asked of them, the same for the same seed.

Words of invented roots with real endings in seven languages, as frequent as words are (Zipf), with the phrases a
reviewer looks for strewn in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from indexer import Document

FACETS = ("lang", "place", "level", "type", "source", "indicator")
START = datetime(2025, 1, 1, tzinfo=UTC)

ALPHABETS = {
    "ru": ("бвгдзклмнпрст", "аоуеи", ["а", "ы", "у", "ой", "ами", "ов", "ить", "ный", "ного", ""]),
    "ky": ("бгжкмнрст", "аоуыө", ["лар", "га", "дан", "нын", "ны", "ларга", "да", ""]),
    "kk": ("бғжқмнрст", "аұыіә", ["лар", "ға", "дан", "ның", "ды", "ларға", "да", ""]),
    "uz": ("bdgjklmnqrst", "aoiu", ["lar", "ga", "dan", "ning", "ni", "larni", "da", "i", ""]),
    "tg": ("бгдҷкмнрст", "аоуӣе", ["ҳо", "ро", "и", "ҳои", "ам", ""]),
    "tk": ("bdgjklmnrst", "aoyü", ["lar", "a", "dan", "yň", "ny", "lary", "da", ""]),
    "en": ("bdfgklmnprst", "aoeiu", ["s", "ing", "ed", "er", "", ""]),
}
PHRASES = [
    *("паспорт хранится у нас", "виза за наш счёт", "выезд из дома запрещён", "оплата каждый день"),
    *("паспортту бизге бересиз", "жол киресин төлөйбүз", "паспортыңызды агент алады"),
    *("pasportingiz bizda turadi", "йўл ҳақи биздан", "шиносномаҳоро мегирад", "pasportlaryny saklaýarys"),
    *("we keep your passport", "visa and ticket paid", "no experience needed"),
]
PLACES = ["AE", "TR", "RU", "KZ", "KG", "TH", "KH", "KR", "PL", "SA", "QA", "CN"]
TYPES = ["SEX.NIGHT", "LAB.CONS", "LAB.AGRI", "DOM", "CRIM.SCAM", "CRIM.DRUG", "DEBT", "MAR.ABROAD"]


class Town:
    """The made-up adverts and the words in them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.words = {language: self._vocabulary(language, 25_000) for language in ALPHABETS}
        self.weights = list(accumulate(1 / (rank + 3) ** 1.07 for rank in range(25_000)))

    def _vocabulary(self, language: str, size: int) -> list[str]:
        consonants, vowels, endings = ALPHABETS[language]
        pick = self.dice.choice
        made: dict[str, None] = {}
        while len(made) < size:
            root = "".join(pick(consonants) + pick(vowels) for _ in range(self.dice.choice((1, 2, 2, 3)))) + pick(
                consonants
            )
            made[root + pick(endings)] = None
        return list(made)

    def adverts(self, count: int) -> Iterator[Document]:
        """`count` documents, the same for the same seed."""
        dice = self.dice
        for number in range(count):
            language = dice.choice(list(ALPHABETS))
            words = dice.choices(self.words[language], cum_weights=self.weights, k=dice.randint(40, 120))
            for _ in range(dice.choice((0, 1, 1, 2))):
                words.insert(dice.randrange(len(words)), dice.choice(PHRASES))
            level = dice.choices(range(5), weights=(70, 12, 10, 6, 2))[0]
            seen = START + timedelta(minutes=dice.randrange(700 * 24 * 60))
            yield Document(
                id=f"{number:08x}{dice.getrandbits(160):040x}",
                version=1,
                source=f"source-{dice.randrange(60)}",
                url=f"https://board.example/{number}",
                kind="advert",
                title=" ".join(words[:6]),
                text=" ".join(words[6:]),
                languages=(language,),
                stance="OFFER",
                level=level,
                score=round(dice.random(), 4),
                exploitation=tuple(dice.sample(TYPES, k=min(level, 2))),
                indicators=tuple(f"I{dice.randint(1, 40):02d}" for _ in range(level * 2)),
                places=(dice.choice(PLACES),),
                pay_usd_month=float(dice.randrange(200, 4000, 50)),
                contacts=(f"{dice.getrandbits(64):016x}",),
                campaign=f"c{dice.randrange(count // 4 + 1)}" if dice.random() < 0.3 else None,
                decision_state="open",
                published=seen,
                first_seen=seen,
                last_seen=seen,
                gone=False,
            )

    def word(self, low: int, high: int) -> str:
        """A word whose place by frequency lies between `low` and `high`."""
        return self.words[self.dice.choice(list(ALPHABETS))][self.dice.randrange(low, high)]

    def pair(self, low: int, high: int) -> tuple[str, str]:
        """Two words of one language."""
        words = self.words[self.dice.choice(list(ALPHABETS))]
        return words[self.dice.randrange(low, high)], words[self.dice.randrange(low, high)]


@dataclass(frozen=True)
class Asked:
    """One query in a form each system can translate."""

    kind: str
    words: tuple[str, ...] = ()
    place: str = ""
    level: int = 0
    since: date | None = None
    page: int = 0


def asked(town: Town, kind: str) -> Asked:
    """A query of one class."""
    dice = town.dice
    if kind == "rare word":
        return Asked(kind, (town.word(15_000, 25_000),))
    if kind in ("two words", "either word, ranked"):
        return Asked(kind, town.pair(5, 400))
    if kind == "phrase":
        return Asked(kind, tuple(dice.choice(PHRASES).split()[:3]))
    if kind == "prefix":
        return Asked(kind, (town.word(5, 5_000)[:5],))
    if kind == "fuzzy":
        word = next(w for w in iter(lambda: town.word(5, 5_000), "") if len(w) > 5)
        return Asked(kind, (word[:2] + word[3:],))
    if kind in ("filtered", "review page"):
        since = (START + timedelta(days=dice.randrange(600))).date()
        return Asked(kind, (town.word(5, 200),), dice.choice(PLACES), dice.choice((1, 2, 3)), since)
    return Asked("deep page by date", (town.word(0, 8),), page=50)


KINDS = [
    "rare word",
    "two words",
    "either word, ranked",
    "phrase",
    "prefix",
    "fuzzy",
    "filtered",
    "deep page by date",
    "review page",
]


def values(advert: Document) -> dict[str, tuple[str, ...]]:
    """The facet values of an advert, for the systems that are not ours."""
    return {
        "lang": advert.languages,
        "place": advert.places,
        "level": (str(advert.level),),
        "type": advert.exploitation,
        "source": (advert.source,),
        "indicator": advert.indicators,
        "month": (f"{advert.dated:%Y-%m}",),
    }


def watches(town: Town, count: int) -> dict[str, str]:
    """Saved searches: one to three words, of which some name a place, a level or both."""
    dice = town.dice
    found: dict[str, str] = {}
    for number in range(count):
        words = [town.word(5, 20_000) for _ in range(dice.choice((1, 1, 2, 3)))]
        place = f" place:{dice.choice(PLACES)}"
        extra = dice.choice(("", place, " level:>=2", f"{place} level:>=2"))
        found[f"w{number}"] = f"({' OR '.join(words)}){extra}"
    return found
