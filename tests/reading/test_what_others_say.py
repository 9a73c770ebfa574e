"""Texts that hold a lure's words without saying them, and lures that begin with a warner's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Indicator, Reading, Span, Stance, State
from chyrak.text import fold
from nlp.components.told import asked, quoted, share_within

Read = Callable[[str], Reading]
States = Callable[[str], dict[str, str]]


@pytest.mark.parametrize(
    "text",
    [
        "а правда что в корее на ферме паспорт забирают? сестра собралась по программе, я переживаю",
        "Корейге баргандар барбы, чын эле паспортту алып коёбу? Айткылачы.",
        "Students are told «open a card and hand it to our man, 150 dollars at once». Then it is you who gets charged.",
        "Парни, этот тип набирает на стройку, говорит «жильё и еда наши». По факту три месяца ни копейки. Я сбежал.",
    ],
)
def test_who_asks_quotes_or_has_got_away_is_not_flagged(read_text: Read, text: str) -> None:
    assert not read_text(text).flagged


@pytest.mark.parametrize(
    "text",
    [
        "Осторожно, обман! Мы не мошенники, агентство честное. Корея, билет в долг под расписку, паспорта подержим",
        "куплю почку, 16000$, группа крови любая. Пишите срочно",
        "Подпишете расписку на 3000 долларов, отработаете за год. Стройка в Туле, паспорта соберу в автобусе.",
    ],
)
def test_a_lure_in_a_warners_or_a_buyers_words_is_flagged(read_text: Read, text: str) -> None:
    reading = read_text(text)
    assert reading.stance is Stance.OFFER
    assert reading.flagged


@pytest.mark.parametrize(
    ("text", "name", "state"),
    [
        ("Документы на руки не выдаём", "I24", "present"),
        ("Паспорта собираю у себя", "I24", "present"),
        ("Паспорта соберу в автобусе", "I24", "present"),
        ("Паспорт держите у себя", "I24", "denied"),
        ("The master keeps the crew documents for port clearance", "I24", "not_stated"),
        ("Паспорт работодатель хранит и вернёт по первому требованию", "I24", "not_stated"),
        ("Сменить работодателя нельзя", "I25", "present"),
        ("You cannot change the employer for two years", "I25", "present"),
        ("Подпишете расписку, потом всё отработаете", "I26", "present"),
        ("Билет через месяц компенсирует фирма: фирма возвращает билет", "I26", "not_stated"),
        ("Йўлкирани бир ойдан кейин фирма қайтаради", "I26", "not_stated"),
        ("Деньги на руки не выдаём", "I29", "present"),
        ("Духтари 15-18 барои тӯйхона", "I08", "present"),
        ("мойкага балдар керек", "I08", "not_stated"),
        ("Massaž otagy hem bar, medisina bilimli zenan gerek", "I31", "not_stated"),
        ("Аниматор в детский лагерь", "I18", "not_stated"),
    ],
)
def test_who_pays_keeps_and_forbids_decides(states: States, text: str, name: str, state: str) -> None:
    assert states(text)[name] == state


def _found(text: str, words: str) -> list[Indicator]:
    start = text.index(words)
    return [Indicator("I24", State.PRESENT, (Span(start, start + len(words), words),), 4.0)]


def test_only_longer_quotations_are_what_others_say() -> None:
    text = "Пишут «паспорт сдаёте нам при заезде», а ищут «хостес»"
    folded = fold(text)
    assert [text[start:end] for start, end in quoted(folded)] == ["паспорт сдаёте нам при заезде"]
    assert share_within(_found(text, "паспорт сдаёте"), quoted(folded)) == 1.0
    assert share_within(_found(text, "хостес"), quoted(folded)) == 0.0


def test_a_question_is_the_sentence_before_its_mark() -> None:
    text = "Едем в Корею. Паспорт забирают? Билет наш."
    assert [text[start:end].strip() for start, end in asked(fold(text))] == ["Паспорт забирают?"]


def test_two_grave_signs_outweigh_the_models_doubt(read_text: Read) -> None:
    reading = read_text("Pasport kompaniyaga topshiriladi, 2 yilgacha chiqish mumkin emas. Armatura, beton, Qatar.")
    assert {item.id for item in reading.indicators if item.state is State.PRESENT} >= {"I24", "I25"}
    assert reading.flagged


@pytest.mark.parametrize(
    "text",
    [
        "Куплю почку, 5 млн, срочно, пишите в телеграм",
        "I buy a kidney, 20k, urgent, telegram",
        "Buying kidney, 30000$, whatsapp",
        "Бөйрөк сатып алам, 2 млн сом, тез, телеграмга жазгыла",
        "Бүйрек сатып аламын, 10 млн тг, шұғыл",
        "Buyrak sotib olaman, 20 ming dollar, tez",
        "Гурда мехарам, 20 000 доллар, зуд",
        "Böwrek satyn alýan, 20000$, gyssagly, imo",
    ],
)
def test_who_buys_a_kidney_in_one_line_neither_seeks_work_nor_warns(read_text: Read, text: str) -> None:
    reading = read_text(text)
    assert reading.stance is Stance.OFFER
    assert reading.level >= 3
    assert any(why.by == "model" and "buys an organ" in why.says for why in reading.reasons)


def test_a_grave_line_that_reads_like_a_film_is_an_offer_and_the_explanation_says_why(read_text: Read) -> None:
    reading = read_text("Паспорта заберём, выхода нет. Серия 3")
    assert reading.stance is Stance.OFFER
    assert reading.level >= 2
    assert any(why.by == "model" and "a single line with a grave sign" in why.says for why in reading.reasons)


def test_a_whole_plot_with_the_same_sign_is_none(read_text: Read) -> None:
    reading = read_text(
        "Сериал «Вахта», серия 3. Айгуль приезжает на фабрику, у неё забирают паспорт, выхода нет. Смотрите в пятницу "
        "в 21:00 на нашем канале, режиссёр отвечает на вопросы зрителей."
    )
    assert reading.level <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Продам почку, срочно, долги, 29 лет",
        "Полиция: объявления «куплю почку» пишут мошенники",
        "Группа в телеграме обещала «купим почку за 30 тысяч», задержаны трое",
        "Куплю почку? Нет, спасибо, шутка",
        "We do not buy kidneys, beware of such posts",
        "Куплю печень говяжью, 2 кг, Ош базар",
        "Купим берёзовые почки, сушёные, дорого",
        "Куплю бараньи почки, дорого",
        "Куплю почки берёзы дорого, самовывоз",
        "Қойдың бүйрегін сатып аламыз, қымбат",
        "We buy lamb kidneys, top price",
    ],
)
def test_eth_08_who_sells_tells_of_or_cooks_a_kidney_does_not_buy_one(read_text: Read, text: str) -> None:
    assert not read_text(text).flagged


@pytest.mark.parametrize(
    "text",
    ["Куплю почку, не баранью, дорого", "Обвалка говяжьей печени, паспорт сдаёте хозяину, долг отработаете"],
)
def test_meat_in_a_line_excuses_neither_an_organ_buyer_nor_a_kept_passport(read_text: Read, text: str) -> None:
    assert read_text(text).flagged


@pytest.mark.parametrize(
    "text", ["Девушки на упаковку куриной печени, Дубай", "Грузчик, куриная печень, Москва, дорогу оплатим"]
)
def test_meat_that_somebody_is_to_pack_settles_nothing(read_text: Read, text: str) -> None:
    assert not any("livers to eat" in why.says for why in read_text(text).reasons)


def test_a_line_that_only_buys_meat_is_settled_and_the_explanation_says_so(read_text: Read) -> None:
    reading = read_text("Куплю бараньи почки, дорого")
    assert any(why.by == "model" and "livers to eat" in why.says for why in reading.reasons)


def test_what_is_bought_at_a_high_price_is_no_paid_journey(read_text: Read) -> None:
    stated = {item.id: item.state for item in read_text("Купим сушёные яблоки, дорого").indicators}
    assert stated["I17"] is State.NOT_STATED
    stated = {item.id: item.state for item in read_text("Сборщики яблок, купим дорогу до Тулы").indicators}
    assert stated["I17"] is State.PRESENT
