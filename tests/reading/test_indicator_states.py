from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading, State

States = Callable[[str], dict[str, str]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Паспорта сдаёте прорабу на всё время", "I24"),
        ("Паспорт кожоюнда турат", "I24"),
        ("Төлқұжат қожайында сақталады", "I24"),
        ("Pasport xo'jayinda turadi", "I24"),
        ("Паспорт хўжайинда туради", "I24"),
        ("Шиноснома дар дасти прораб мемонад", "I24"),
        ("Pasport patronda durýar", "I24"),
        ("Your passport is kept by the sponsor", "I24"),
        ("pasport sdaete prorabu", "I24"),
        ("Пacпopт cдaётe пpopaбy", "I24"),
        ("выход за забор запрещён", "I25"),
        ("билет отработаете за два месяца", "I26"),
        ("расчёт после сезона", "I29"),
        ("нужен донор почки, вознаграждение", "I35"),
    ],
)
def test_an_indicator_is_present_in_every_written_form(states: States, text: str, name: str) -> None:
    assert states(text)[name] == "present"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Паспорт смотрит бухгалтер, вечером вернет", "I24"),
        ("Загранпаспорт сдаете нам для консульства, через 10 дней забираете", "I24"),
        ("Паспортту кадр бөлүмү карайт, ошол күнү кайтарабыз", "I24"),
        ("Паспортты прораб тіркеуге алады, сол күні қайтарады", "I24"),
        ("Pasportingizni prorab ro'yxatga oladi, shu kuni qaytaradi", "I24"),
        ("Шиносномаро прораб ба қайд мегирад, ҳамон рӯз бармегардонад", "I24"),
        ("Kadr bölümi pasporty bellige alýar, agşam gaýtaryp berýär", "I24"),
        ("keep ur own passport", "I24"),
        ("Bilet bizden, aýlykdan tutmaýas", "I26"),
        ("aýlykdan tutmaýarys", "I26"),
    ],
)
def test_papers_given_back_the_same_day_and_wages_not_docked_are_no_sign(states: States, text: str, name: str) -> None:
    assert states(text)[name] != "present"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("На рынок мальчик 11 лет возить тележку", "I08"),
        ("Базарга 10 жаштан арабакеч", "I08"),
        ("Арба айдайтын базарда 9 жастан", "I08"),
        ("G'isht quyishga bolalar kerak", "I08"),
        ("Писарбача ба бозор", "I08"),
        ("9 ýaş oglan, bazarda araba", "I08"),
        ("boys 9 for the market", "I08"),
        ("Швеи, ключи у хозяйки", "I25"),
        ("Эшик түнкүсүн жабык", "I25"),
        ("Есік сыртынан құлыпталады", "I25"),
        ("Ko'chaga chiqish yo'q", "I25"),
        ("Калид дар дасти роҳбар", "I25"),
        ("Gapy gulply", "I25"),
        ("the door is locked at night", "I25"),
        ("Пока не отработаете билет, остаетесь", "I26"),
        ("Карызың бүткөнчө иштейсиң", "I26"),
        ("Қарызың біткенше жұмыс істейсің", "I26"),
        ("Qarzing tugaguncha ishlaysan", "I26"),
        ("Bergiň gutarýança işleýärsiň", "I26"),
        ("Договор на руки не выдаем", "I28"),
        ("Келишимге аскер бөлүгүндө кол коёсуз", "I28"),
        ("Деньги копятся у хозяина", "I29"),
        ("Күзүндө бир колдон алып кетесиң", "I29"),
        ("Күзде бір-ақ аласың", "I29"),
        ("Kuzda hammasini bir yo'la olasan", "I29"),
        ("Тирамоҳ якбора мегирӣ", "I29"),
        ("Güýzde birden berýäs", "I29"),
        ("Сдай вотсап на ночь, утром вернём", "I34"),
        ("Аккаунт такси на ваши документы, ездит мой брат", "I34"),
        ("Эски аккаунттарды сатып алабыз", "I34"),
        ("Жаңа шотыңызға түседі, сіз тізіммен таратасыз", "I34"),
        ("WhatsApp akkauntingizni ijaraga bering", "I34"),
        ("Директори коғазӣ мехоҳем", "I34"),
        ("Watsap koduny berseň 100 manat", "I34"),
        ("Verify your face for our wallets, 20 dollars", "I34"),
        ("Прячешь сверток, шлешь фото", "I34"),
        ("Пакетти катып, сүрөт жибересиң", "I34"),
        ("Пакетті жасырып, сурет жібересің", "I34"),
        ("Yashirib, rasm yuborasan", "I34"),
        ("Корти бонкиатро деҳ", "I34"),
        ("Купим почку", "I35"),
        ("Бөйрөк алабыз", "I35"),
        ("Бүйрек аламыз", "I35"),
        ("Buyrak olamiz", "I35"),
        ("Böwrek alýas", "I35"),
        ("Мужчина без ноги, на паперть с бабушкой", "I39"),
        ("Аяғы кем ағай, мешіт жаны", "I39"),
    ],
)
def test_children_locks_debts_and_errands_in_few_words_are_named(states: States, text: str, name: str) -> None:
    assert states(text)[name] == "present"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Курьер керек, документти залогко коёсуң", "I24"),
        ("Құжат кепілге қалады", "I24"),
        ("Hujjat garovga olinadi", "I24"),
        ("Ҳуҷҷат ба гарав мемонад", "I24"),
        ("Pasport girewe goýulýar", "I24"),
        ("passport as collateral", "I24"),
        ("первая зарплата уходит на билет", "I26"),
        ("Биринчи айлык жол кирега кетет", "I26"),
        ("Бірінші айлық шығынға кетеді", "I26"),
        ("Birinchi oylik yo'l puliga ketadi", "I26"),
        ("Маоши аввал ба харҷи роҳ меравад", "I26"),
        ("Ilkinji aýlyk ýol puluna gidýär", "I26"),
        ("first salary covers the ticket", "I26"),
        ("зарплата за первый месяц остается залогом", "I29"),
        ("Бірінші айлық кепілде тұрады", "I29"),
        ("оформим симку: паспорт и сим-карту возьми", "I34"),
        ("паспортуңа сим алып бер", "I34"),
        ("түнде тығын тастайсың", "I34"),
        ("kladmen kerak, kechasi", "I34"),
        ("account holder wanted", "I34"),
        ("Посылки приходят на ваш адрес, переклеиваете и отправляете дальше", "I34"),
        ("Relabel the parcels and send them on from home", "I34"),
        ("Мекенжайыңа телефон келеді, қайта орап, Тбилисиге жібересің", "I34"),
        ("Posilka manzilingizga keladi, qayta yopishtirib jo'natasiz", "I34"),
        ("Требуется номинальный руководитель на один день", "I34"),
        ("Деньги приходят на карту, процент себе, остальное отправляете в крипту", "I34"),
        ("Картангизга пул тушади, 5 фоизини олиб қоласиз", "I34"),
        ("Пакетти карыган адамдан алып, банкоматка салып келесиң", "I34"),
        ("Adyňyza kredit alarys, tölegi bizden", "I34"),
        ("Pasporty HR-e bermeli, soň gaýtarylýar", "I24"),
    ],
)
def test_papers_and_wages_as_a_pledge_and_errands_are_named(states: States, text: str, name: str) -> None:
    assert states(text)[name] == "present"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Паспорт не забираем", "I24"),
        ("Паспорт остаётся у вас на руках", "I24"),
        ("Паспорт өзүңүздө калат", "I24"),
        ("Pasport o'zingizda qoladi", "I24"),
        ("Passport stays with you", "I24"),
        ("Штрафов нет", "I26"),
        ("Айлыктан эч нерсе кармалбайт", "I26"),
        ("Oylikdan hech narsa ushlanmaydi", "I26"),
        ("Работаем без предоплаты", "I27"),
    ],
)
def test_a_denial_is_never_read_as_present(states: States, text: str, name: str) -> None:
    assert states(text)[name] != "present"


def test_what_is_not_stated_is_listed_as_such(read_text: Callable[[str], Reading]) -> None:
    reading = read_text("Нужен повар в кафе, Ош")
    assert len(reading.indicators) == 40
    assert {item.id: item.state for item in reading.indicators}["I24"] is State.NOT_STATED


def test_every_present_indicator_carries_spans_of_the_original(read_text: Callable[[str], Reading]) -> None:
    reading = read_text("Девушки 18-25 в Дубай! Хостес. Билет за наш счёт, паспорт у администратора.")
    body = "\nДевушки 18-25 в Дубай! Хостес. Билет за наш счёт, паспорт у администратора."
    present = [item for item in reading.indicators if item.state is State.PRESENT]
    assert present
    for item in present:
        assert item.spans
        assert all(span.text == body[span.start : span.end] for span in item.spans)


def test_protective_cues_are_found(read_text: Callable[[str], Reading]) -> None:
    reading = read_text("Агентство, лицензия № 112. Трудовой договор, оплачиваемый отпуск, рабочая виза.")
    assert {"P01", "P04", "P10"} <= {cue.id for cue in reading.protective}
