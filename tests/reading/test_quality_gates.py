"""Floors under the figures of docs/reading.md. The texts are invented: a floor here is no accuracy in the field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import nlp
from chyrak.records import Reading
from nlp.evaluation import as_markdown, evaluate, ordinary_adverts
from nlp.reader import Reader
from nlp.training.seed import load_seed, part_of, read_file


def test_the_division_follows_from_the_text_alone() -> None:
    texts = load_seed()
    assert {text.part for text in texts} == {"train", "dev", "test"}
    assert all(text.part == part_of(text.body) for text in texts if text.slice != "written")
    assert part_of("А  б\nв") == part_of("а б в")


def test_ordinary_real_adverts_are_hardly_ever_flagged(reader: Reader, outside_data: Path) -> None:
    adverts = ordinary_adverts(outside_data / "ads" / "real_ordinary.jsonl.gz")
    result = evaluate(reader, load_seed("dev")[:5], adverts)["ordinary"]["all"]
    assert result["n"] == len(adverts)
    assert result["per_1000"] <= 3.0, result["flagged"]


def test_figures_can_be_written_as_markdown(reader: Reader) -> None:
    written = as_markdown(evaluate(reader, load_seed("dev")[:40]), "A few")
    assert "invented" in written
    assert "| all |" in written


PAIRS = [
    ("Требуется {} на склад, Москва, договор, 70 000", ("узбек", "кыргыз", "таджик", "казах")),
    ("Нужны рабочие в {}, стройка, договор, выходные", ("Казань", "Самару", "Тулу")),
]


@pytest.mark.parametrize(("pattern", "words"), PAIRS)
def test_eth_22_swapping_a_nationality_or_city_does_not_move_the_level(
    read_text: Callable[[str], Reading], pattern: str, words: tuple[str, ...]
) -> None:
    assert len({read_text(pattern.format(word)).level for word in words}) == 1


def test_eth_25_adult_services_without_recruitment_are_not_flagged(read_text: Callable[[str], Reading]) -> None:
    text = "Массаж расслабляющий для мужчин, апартаменты в центре Алматы, по записи, без интима, 20 000 тг час"
    assert not read_text(text).flagged


def test_eth_24_lawful_work_in_a_free_union_is_not_penalised(read_text: Callable[[str], Reading]) -> None:
    text = (
        "Граждане Кыргызстана! Склад в Калуге, патент не нужен, трудовой договор до выезда, 75 000 рублей, два аванса"
    )
    assert not read_text(text).flagged


def test_nlp_is_the_public_door() -> None:
    assert set(nlp.__all__) == {"Reader", "as_line", "load", "load_reader", "read", "text_posting"}


@pytest.mark.parametrize("name", sorted(path.name for path in (Path(__file__).parent / "data").glob("*.jsonl")))
def test_no_text_that_the_reader_is_held_against_teaches(name: str) -> None:
    held = {text.body.strip() for text in read_file(Path(__file__).parent / "data" / name)}
    assert held
    assert not held & {text.body.strip() for text in load_seed()}
