"""Words that look like a sign and are none; each cost real hits on ordinary adverts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chyrak.records import Reading
from chyrak.text import fold
from nlp.lexicon import load_lexicon

FRIENDS = [
    ("Договор долгосрочный, бессрочный, возможен досрочный выход на пенсию", "I21"),
    ("Руководитель отдела, рыночная стоимость", "I31"),
    ("Удержание клиентов и удержание внимания аудитории", "I26"),
    ("Наш подход - залог успеха", "I24"),
    ("Паспорт сделки, паспорт оборудования", "I24"),
    ("Служебная вахта отвезёт на работу", "I25"),
    ("Неограниченный кофе и карьерный рост", "I01"),
    ("Компании в Европе и Америке, офис в ОАЭ", "I17"),
    ("Жилье не предоставляется", "I18"),
    ("Знание Excel будет плюсом", "I13"),
    ("Средний возраст сотрудников 27", "I04"),
    ("Опыт работы от 1 до 3 лет", "I08"),
    ("Комиссия по делам несовершеннолетних: специалист с дипломом юриста", "I07"),
    ("Лидер России и СНГ на рынке пластика", "I09"),
    ("Если вы девушка, будьте готовы работать среди мужчин", "I31"),
    ("Зарплата 60 000 до вычета налогов", "I26"),
    ("Опыт с Telegram Ads, ведение канала", "I12"),
    ("Нужна копия паспорта для визы", "I24"),
    ("Директор департамента", "I13"),
    ("Территория закрытая, охрана запишет паспорт", "I24"),
    ("Hovli supurishga talaba, pasportsiz ham, xo'jayin men", "I24"),
    ("Passport collected at 9am for registration, back before dinner", "I27"),
    ("National visa: the embassy holds the passport about two weeks", "I24"),
    ("Moskwa, arassaçylyk işi. Pasporty alyp galamzok", "I24"),
    ("Клиент сдаёт телефон в ремонт, телефон клиента диагностируете", "I25"),
    ("Заработная плата в конце каждого месяца", "I29"),
    ("Отдам даром коляску, ванночку и мешок вещей на мальчика до года", "I07"),
    ("Минус 10 кг за месяц, чай из трав", "I26"),
    ("Sim karta, vatsap ishlaydi, uyga gaplashish tekin", "I18"),
    ("Приём документов до 20 августа", "I24"),
    ("Hujjat topshirish 20 avgustgacha", "I24"),
    ("Документ тапшыруу 20-августка чейин", "I24"),
    ("Донор крови нужен в больницу", "I35"),
    ("Закладка ленточного фундамента", "I34"),
    ("Медкомиссия за счёт парка, выручку сдаёте в кассу", "I34"),
    ("Упаковщик заказов на склад маркетплейса, доставка домой за наш счёт", "I34"),
    ("Ипотека и кредиты для наших сотрудников под льготный процент", "I34"),
    ("Айлык картаңызга өз убагында түшөт", "I34"),
    ("Сдаю квартиру в центре, ватсап +996 700 000 123", "I34"),
    ("Куплю мотоцикл, пишите в ватсап", "I34"),
    ("Ватсап жазгыла, ижарага үй бар", "I34"),
    ("Ватсапқа жазыңыз, жұмысшы аламыз", "I34"),
    ("Kvartira ijaraga beriladi, whatsapp yozing", "I34"),
    ("Room for rent, whatsapp only", "I34"),
    ("Продаём модемы и сим-карты, нужен продавец", "I34"),
    ("Посылканы мекенжайыңызға курьер апарады", "I34"),
    ("Удостоверение по охране труда обновим", "I24"),
    ("Yodda tuting: hujjatlar nusxasi yetadi", "I18"),
]

OF_ANOTHER_LANGUAGE = [
    ("Работа в Анталии, английский не нужен, анкета на месте", "OTHER"),
    ("Анан Анталияга барабыз", "OTHER"),
    ("Дар анбор кор мекунед", "OTHER"),
    ("Строим дом под ключ, домик у моря", "WARN"),
    ("Сақтандыру бар", "WARN"),
    ("Şenbe güni dynç", "WARN"),
    ("Жасалгасын көрсөтөбүз", "WARN"),
    ("Bir narsani sotaman, sotadigan joyim bor", "NEWS"),
    ("Menga ayting, aytilgan vaqtda keling", "NEWS"),
    ("I'm Jamila", "NEWS"),
]
"""Words of one language that sound like the beginning of a cue of another."""

OF_THE_SAME_STEM = [
    ("Айлыгыңыздан кармалат", "NEWS"),
    ("Oyligingizdan ushlanmaydi", "NEWS"),
    ("Соттолбогон жигиттер", "NEWS"),
    ("Возвращение долга", "NEWS"),
    ("Habar beriň", "NEWS"),
    ("Банк картасын ижарага алам", "OTHER"),
    ("Көмектесеміз", "SEEK"),
    ("Карызың барбы", "SEEK"),
    ("Qo'rqmang", "DISCUSS"),
]
"""Other forms of a cue's word, which whoever offers says."""

NO_ADDRESS = [
    ("Стирка и глажка", "P02"),
    ("Surrogate mother", "P08"),
    ("Көчөт отургузабыз", "P08"),
    ("Уход за выводком кошек", "P08"),
]


@pytest.mark.parametrize(("text", "name"), FRIENDS)
def test_a_false_friend_is_not_read_as_an_indicator(
    states: Callable[[str], dict[str, str]], text: str, name: str
) -> None:
    assert states(text)[name] != "present"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Хостес в Стамбул, записывайтесь, паспорт сдаёте администратору", "I24"),
        ("Consulate has a deal with us, passport kept by the boss", "I24"),
        ("Visa costs $500 before travel", "I27"),
        ("500 usd before the flight", "I27"),
        ("Человек на коляске нужен, сидеть у мечети", "I07"),
        ("Опоздание минус 500", "I26"),
    ],
)
def test_a_sign_beside_a_false_friend_is_still_one(
    states: Callable[[str], dict[str, str]], text: str, name: str
) -> None:
    assert states(text)[name] == "present"


@pytest.mark.parametrize(("text", "stance"), OF_ANOTHER_LANGUAGE + OF_THE_SAME_STEM)
def test_a_false_friend_is_no_cue_of_who_is_speaking(text: str, stance: str) -> None:
    assert not load_lexicon().find(fold(text)).cues(stance, ())


@pytest.mark.parametrize(("text", "name"), NO_ADDRESS)
def test_a_false_friend_protects_nobody(read_text: Callable[[str], Reading], text: str, name: str) -> None:
    assert name not in {cue.id for cue in read_text(text).protective}
