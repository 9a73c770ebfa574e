"""Made-up adverts with made-up readings: spans are found by their words, so that they always fit the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chyrak.records import (
    Contact,
    Engine,
    Exploitation,
    Indicator,
    Level,
    Pay,
    Place,
    Protective,
    Reading,
    Reason,
    Span,
    Stance,
    State,
)

PHONE = "+996555000123"


@dataclass(frozen=True)
class Advert:
    """An advert and what a reading of it would hold. `present` maps an indicator to the words that show it."""

    name: str
    title: str
    text: str
    level: Level
    source: str = "osh_board"
    age: timedelta = timedelta(hours=2)
    languages: tuple[str, ...] = ("ru",)
    stance: Stance = Stance.OFFER
    types: tuple[str, ...] = ()
    present: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str], ...] = ()
    not_stated: tuple[str, ...] = ()
    protective: tuple[tuple[str, str], ...] = ()
    contacts: tuple[tuple[str, str, str, str], ...] = ()  # kind, words in the text, raw value, masked
    pay: tuple[str, float, float] | None = None
    places: tuple[tuple[str, str, str], ...] = ()

    @property
    def url(self) -> str:
        """Where it was published."""
        return f"https://board.example/ad/{self.name}"

    def span(self, words: str) -> Span:
        """Where `words` stand in the body."""
        start = f"{self.title}\n{self.text}".index(words)
        return Span(start, start + len(words), words)

    def reading(self, posting_id: str) -> Reading:
        """The reading of it."""
        shown = tuple(Indicator(i, State.PRESENT, (self.span(w),), 2.0) for i, w in self.present)
        denied = tuple(Indicator(i, State.DENIED, (self.span(w),), 0.0) for i, w in self.denied)
        silent = tuple(Indicator(i, State.NOT_STATED) for i in self.not_stated)
        return Reading(
            posting_id=posting_id,
            rev=1,
            engine=Engine("starter-1", "none"),
            languages=self.languages,
            stance=self.stance,
            indicators=shown + denied + silent,
            protective=tuple(Protective(i, (self.span(w),)) for i, w in self.protective),
            pay=Pay(self.pay[1], self.pay[2], "USD", "month", "total", self.pay[1], 0.9, self.span(self.pay[0]))
            if self.pay
            else None,
            places=tuple(Place(code, name, role, self.span(name)) for code, name, role in self.places),
            contacts=tuple(
                Contact(kind, value, masked, self.span(words)) for kind, words, value, masked in self.contacts
            ),
            exploitation=tuple(Exploitation(t, 0.8) for t in self.types),
            score=min(0.97, 0.2 + 0.2 * int(self.level)),
            level=self.level,
            reasons=_reasons(self.present),
        )


def _reasons(present: Sequence[tuple[str, str]]) -> tuple[Reason, ...]:
    found = tuple(Reason(i, 2.0, f"{i} is present") for i, _ in present)
    return (*found, Reason("R02", 3.0, "hostess work abroad with an age limit and a ticket paid")) if found else ()


ADVERTS = (
    Advert(
        "hostess",
        "Хостес в Стамбул, з/п от 2500$",
        "Требуются девушки 18-25 лет, приятной внешности, без опыта. Билет и проживание за наш счёт, "
        "паспорт хранится у администратора. Без интима!\n"
        "Оплата еженедельно. Пишите в WhatsApp +996 555 000 123, Айгерим.",
        Level.HIGH,
        types=("SEX.NIGHT", "SEX"),
        present=(
            ("I31", "Хостес"),
            ("I04", "девушки 18-25 лет"),
            ("I05", "приятной внешности"),
            ("I17", "Билет и проживание за наш счёт"),
            ("I24", "паспорт хранится у администратора"),
        ),
        denied=(("I32", "Без интима"),),
        not_stated=("I10", "I28"),
        contacts=(("phone", "+996 555 000 123", PHONE, "+996 ••• ••• •23"),),
        pay=("2500$", 2500, 2500),
        places=(("TR", "Стамбул", "destination"),),
        age=timedelta(hours=30),
    ),
    Advert(
        "hostess_repost",
        "Хостес в Анталья, з/п от 2700$",
        "Требуются девушки 18-25 лет, приятной внешности, без опыта. Тел плюс девятьсот 996 555 000 124",
        Level.HIGH,
        source="old_board",
        types=("SEX.NIGHT",),
        present=(("I31", "Хостес"), ("I04", "девушки 18-25 лет")),
        contacts=(("phone", "плюс девятьсот 996 555 000 124", "+996555000124", "+996 ••• ••• •24"),),
        age=timedelta(hours=3),
    ),
    Advert(
        "teens",
        "Балдарга жумуш, 16 жаштан",
        "9-класстан кийин окуучуларды Казанга чакырабыз. Кошумча +996 555 000 125",
        Level.URGENT,
        languages=("ky", "ru"),
        types=("CHILD", "LAB.MIL"),
        present=(("I08", "окуучуларды"),),
        contacts=(("phone", "+996 555 000 125", "+996555000125", "+996 ••• ••• •25"),),
        age=timedelta(hours=6),
    ),
    Advert(
        "scam",
        "Оператор чата, Таиланд, 1500$",
        "Знание английского, контракт полгода, перелёт за счёт компании. @thai_office_work",
        Level.HIGH,
        types=("CRIM.SCAM",),
        present=(("I33", "Оператор чата"), ("I17", "перелёт за счёт компании")),
        contacts=(("telegram", "@thai_office_work", "thai_office_work", "@th•••"),),
        places=(("TH", "Таиланд", "destination"),),
        age=timedelta(hours=10),
    ),
    Advert(
        "shift",
        "Вахта 60/30, склад",
        "Мужчины и женщины, жильё предоставляется, штрафы за опоздание. Договор по ТК, оплата 80 000 - 120 000 руб. "
        "Звонить 8 701 555 00 12, спросить Ержан",
        Level.ELEVATED,
        types=("LAB.FACT",),
        present=(("I26", "штрафы за опоздание"), ("I18", "жильё предоставляется")),
        protective=(("P04", "Договор по ТК"),),
        contacts=(("phone", "8 701 555 00 12", "+77015550012", "+7 ••• ••• ••12"),),
        age=timedelta(hours=20),
    ),
    Advert(
        "plea",
        "Помогите, продам почку",
        "Срочно нужны деньги на лечение дочери, третья группа крови. +996 555 000 126",
        Level.NONE,
        stance=Stance.SEEK,
        present=(("I35", "продам почку"),),
        contacts=(("phone", "+996 555 000 126", "+996555000126", "+996 ••• ••• •26"),),
    ),
    Advert(
        "cook",
        "Повар в кафе, Ош",
        "Официальное оформление, график 2/2, оплата 40 000 сом. Адрес: ул. Ленина 5.",
        Level.NONE,
        protective=(("P08", "график 2/2"),),
        places=(("KG", "Ош", "destination"),),
    ),
)
