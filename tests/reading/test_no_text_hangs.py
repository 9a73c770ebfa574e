"""Texts made to hang a reader: each is read, in time that grows with its length and no faster."""

from __future__ import annotations

import random

import pytest

import nlp
from nlp.reader import Reader

HEAPS = {
    "dots": "." * 100_000,
    "dates": "2024.01." * 12_000,
    "numbers": "1-1-" * 25_000,
    "numbers with blanks": "1 " * 50_000,
    "thousands": "10к-" * 25_000,
    "zeros": "0o" * 50_000,
    "handles": "@a." * 33_000,
    "mail": "a" * 50 + "@" + "b." * 49_000,
    "links": "t.me/a " * 14_000,
    "one link": "http://" + "a." * 50_000,
    "phones": "+996 700 123 456 " * 6_000,
    "spelled phones": "ноль семьсот " * 8_000,
    "pay": "от 1000 до 2000$ " * 6_000,
    "places": "Москва → " * 11_000,
    "quoted places": '"Москва" ' * 11_000,
    "flags": "🇰🇬" * 25_000,
    "two scripts": "аa" * 50_000,
    "letters apart": "а б в " * 16_000,
    "letters dotted": "а.б.в." * 16_000,
    "marks in words": "а^*" * 33_000,
    "apostrophes": "о'" * 50_000,
    "hidden signs": "а\u200b" * 50_000,
    "accents": "\u0306" * 100_000,
    "letters with accents": "и\u0306" * 50_000,
    "negations": "не " * 33_000,
    "lures": "паспорт сдать " * 7_000,
    "many words": " ".join(f"слово{number}" for number in range(9_000)),
    "one question": "?" + "паспорт сдать " * 7_000,
    "questions": "паспорт сдать? " * 7_000,
    "quotations": '"паспорт сдаёте нам сразу" ' * 4_000,
    "secrets": "никому не говорите мошенник " * 4_000,
    "brackets": "(1)" * 33_000,
    "lines": "\n" * 100_000,
    "right to left": "\u202eа\u202c" * 33_000,
    "surrogates": "\ud800" * 100_000,
    "a million of one letter": "а" * 1_000_000,
    "a million of one digit": "1" * 1_000_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", HEAPS)
def test_a_heap_is_read(reader: Reader, name: str) -> None:
    (reading,) = nlp.read(reader, [nlp.text_posting(name, HEAPS[name])])
    assert reading.posting_id == name


@pytest.mark.slow
def test_ten_thousand_strings_of_any_signs_are_read(reader: Reader) -> None:
    chance = random.Random(20261128)
    letters = "абвгеёжзийклмнорстуъыьэюяңөүқғҳҷӣӯәұіabcdeghiknoprstuvxyzýňäşç'ʻ’ 0123456789.,:;!?@/-+()$€₽\n\t_*"
    odd = "\x00\x07\u00ad\u0301\u0306\u200b\u200f\u202e\u2066\ufdfa\ufe0f\uffff\ud800\udfff🙂🇰🇬①²АВЕІ𝐀\U000e0041"

    def text() -> str:
        if chance.random() < 0.3:
            return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(40)))
        return "".join(chance.choice(odd if chance.random() < 0.1 else letters) for _ in range(chance.randrange(60)))

    postings = [nlp.text_posting(str(number), text()) for number in range(10_000)]
    assert sum(1 for _ in nlp.read(reader, postings)) == 10_000
