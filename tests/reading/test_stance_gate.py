from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import nlp
from chyrak.records import Kind, Level, Reading, Stance, State
from nlp.reader import Reader

Read = Callable[[str], Reading]


def test_a_warning_that_quotes_a_lure_is_a_warning(read_text: Read) -> None:
    lure = "Нужны девушки в Бахрейн, хостес, 3000 долларов, билет за наш счёт, паспорт у администратора"
    reading = read_text(f"Осторожно, мошенники! В соцсетях пишут: «{lure}». Не верьте. Горячая линия 1899.")
    assert reading.stance is Stance.WARN
    assert reading.level is Level.NONE


@pytest.mark.parametrize(
    "poster",
    [
        "Хостес в Дубай, 3000$ в месяц, жильё и билет бесплатно, паспорт у менеджера. Звучит хорошо? Горячая линия 189",
        "Туркияга хостес керек, айына 2000$, паспорт бизде турат. Ысык линия 1899",
        "Дубайға хостес керек, паспорт бізде болады, қарызды жұмыспен өтейсің. Сенім телефоны 116 16",
        "Dubayga qizlar kerak, pasport bizda turadi, qarzni ishlab berasan. Ishonch telefoni 1146",
        "Духтарон ба Дубай лозим, шиноснома назди мо мемонад. Телефони боварӣ 1313",
        "Stambula gyzlar gerek, pasport bizde galýar. Ynam telefony 1200",
        "Hostess wanted in Dubai, we keep your passport, you work off the ticket. Hotline 1899",
    ],
)
def test_a_lure_above_a_help_line_and_nobody_to_reach_is_a_poster(read_text: Read, poster: str) -> None:
    reading = read_text(poster)
    assert reading.stance is Stance.WARN
    assert reading.level is Level.NONE


@pytest.mark.parametrize(
    "lure",
    [
        "Девушки, хостес в Дубай, 3000$, паспорт сдаёте менеджеру, долг отработаете. Пишите @example_dubai_work",
        "Девушки, хостес в Дубай, 3000$, паспорт сдаёте менеджеру. Пишите @example_dubai_work",
        "Стройка в Дубае, 1000$, паспорт сдаёте прорабу, билет отработаете. Звоните +996 700 000 123.",
    ],
)
def test_a_lure_that_names_a_person_is_not_excused_by_a_help_line(read_text: Read, lure: str) -> None:
    assert read_text(f"{lure} Горячая линия 189").flagged


def test_a_warning_stays_one_though_it_names_somebody_beside_the_help_line(read_text: Read) -> None:
    reading = read_text(
        "Не верьте объявлениям «хостес в Дубай, 3000$, билет наш»: паспорт отберут, долг не отработать. "
        "Позвоните нам: +996 700 000 123. Горячая линия 189"
    )
    assert reading.stance is Stance.WARN
    assert reading.level is Level.NONE


def test_news_of_an_arrest_is_news(read_text: Read) -> None:
    reading = read_text(
        "В Бишкеке задержан мужчина, который отправлял девушек в ночные клубы и забирал паспорта. "
        "Возбуждено уголовное дело, сообщила пресс-служба МВД."
    )
    assert reading.stance is Stance.NEWS
    assert reading.level is Level.NONE


@pytest.mark.parametrize(
    "text",
    [
        "Продам почку, 29 лет, кредиты душат, помогите",
        "Бөйрөгүмдү сатам, карызым көп, жардам бергиле",
        "Бүйрегімді сатамын, несие қысып кетті",
        "Buyragimni sotaman, qarzim bor, yordam bering",
        "Böwregimi satýaryn, karzym bar",
        "Selling my kidney, I have debts, please help",
    ],
)
def test_eth_08_someone_who_sells_a_kidney_is_never_a_suspect(read_text: Read, text: str) -> None:
    reading = read_text(text)
    assert reading.stance is Stance.SEEK
    assert reading.level is Level.NONE
    assert any(item.id == "I35" and item.spans for item in reading.indicators)


def test_someone_who_buys_a_kidney_is_urgent(read_text: Read) -> None:
    reading = read_text("Нужен донор почки, 25-35 лет, вознаграждение 15 тысяч долларов, дорога в Индию за наш счёт")
    assert reading.level is Level.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "Ищу работу, сварщик, 34 года, долг перед банком, согласен на вахту",
        "Жумуш издеп жатам, 27 жаштамын, карызым бар",
        "Ish qidiryapman, oshpazman, qarzim bor",
        "Iş gözleýärin, kebşirleýji, karzym bar",
        "Кор меҷӯям, 33-сола, қарз дорам",
    ],
)
def test_eth_08_a_job_seeker_in_difficulty_is_not_flagged(read_text: Read, text: str) -> None:
    assert read_text(text).level is Level.NONE


LURE = "Требуются девушки 18-25 в Стамбул, хостес, билет за наш счёт, паспорт у менеджера, пишите @example_lure"


def test_an_advert_carried_by_a_news_feed_is_still_read_as_an_offer(reader: Reader) -> None:
    posting = replace(nlp.text_posting("n", LURE), kind=Kind.ARTICLE)
    reading = next(nlp.read(reader, [posting]))
    assert reading.stance is Stance.OFFER
    assert reading.flagged


def test_a_half_clear_text_counts_as_news_when_it_came_as_an_article(reader: Reader) -> None:
    text = "Работа в Корее: какие заводы набирают людей этой весной и сколько там платят."
    as_advert = nlp.text_posting("n", text)
    advert, article = nlp.read(reader, [as_advert, replace(as_advert, kind=Kind.ARTICLE)])
    assert article.score <= advert.score
    assert article.stance is not Stance.OFFER


@pytest.mark.parametrize(
    "text", ["Няня в Саудию, загранпаспорт сдаётся хозяйке, 400$", "Бала багуу Сауд, паспорт кожоюнда"]
)
def test_a_line_that_keeps_the_passport_is_an_offer_however_little_else_it_says(read_text: Read, text: str) -> None:
    reading = read_text(text)
    assert reading.stance is Stance.OFFER
    assert reading.flagged


def test_a_plot_that_tells_of_a_kept_passport_is_no_offer(read_text: Read) -> None:
    text = (
        "«Чужая кровь», драма, 12+. Молодая швея из горного села уезжает за мечтой на край света. Хозяйка фабрики "
        "забирает её паспорт, и возвращение домой становится делом всей семьи. В главных ролях звёзды экрана."
    )
    assert not read_text(text).flagged


@pytest.mark.parametrize(
    "text",
    [
        "Аренда карт 💳 зелёный жёлтый банк, 10к в неделю",
        "Карта ижарага алам, айына 5000 сом, өз атыңа ачып бер",
        "Карта жалға аламын, студенттер, 20 мың тг",
        "Karta ijaraga olaman, oyiga 500 ming",
    ],
)
def test_who_rents_bank_cards_offers_an_errand(read_text: Read, text: str) -> None:
    reading = read_text(text)
    assert _names_an_errand(reading)
    assert reading.flagged


def test_a_rented_card_in_one_english_line_is_named_and_at_least_watched(read_text: Read) -> None:
    reading = read_text("Rent your bank card, weekly pay, DM")
    assert _names_an_errand(reading)
    assert reading.level >= Level.WATCH


@pytest.mark.parametrize(
    "text", ["Кортатонро ба иҷора мегирам, моҳе 500 сомонӣ", "Kartyňyzy kärendesine alýaryn, aýda 300 manat"]
)
def test_the_same_errand_is_named_in_tajik_and_turkmen(read_text: Read, text: str) -> None:
    assert _names_an_errand(read_text(text))


def _names_an_errand(reading: Reading) -> bool:
    return any(item.id == "I34" and item.state is State.PRESENT and item.spans for item in reading.indicators)


@pytest.mark.parametrize(
    "text",
    [
        "Сын сдал карту в аренду, теперь ходит к следователю. Родители, поговорите с детьми",
        "Не сдавайте свои карты в аренду: за дропперство теперь статья 187, до 6 лет",
        "Картаңызды ешкімге жалға бермеңіз, бұл қылмыс",
        "Картаңызды ижарага бербеңиз, кылмыш иши козголот",
        "Kartangizni ijaraga bermang, bu jinoyat",
        "Кортатонро ба иҷора надиҳед, ин ҷиноят аст",
    ],
)
def test_a_warning_of_rented_cards_is_not_flagged(read_text: Read, text: str) -> None:
    assert not read_text(text).flagged
