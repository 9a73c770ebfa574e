"""What must not move a reading: a nationality, a name, a town of origin (ETH-22).

What must not be flagged (ETH-23), and that flags of no group are much less precise than those of all (ETH-21).

The texts are invented: these are floors for this corpus, no measure of fairness in the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import nlp
from chyrak.records import Reading, State
from chyrak.text import fold
from nlp.components.ngrams import passages
from nlp.evaluation import measure
from nlp.evaluation.swaps import measure_swaps, swaps, twins
from nlp.reader import Reader
from nlp.training.seed import SeedText, load_seed

Pairs = list[tuple[SeedText, Reading]]
HELD = sorted(path.name for path in (Path(__file__).parent / "data").glob("*.jsonl"))
"""Labelled texts that no training reads."""


@pytest.fixture(scope="module")
def moved(reader: Reader) -> Mapping[str, Any]:
    texts = load_seed("dev")
    readings = list(nlp.read(reader, [nlp.text_posting(text.id, text.text, text.title) for text in texts]))
    return measure_swaps(reader, texts, readings)


def test_eth_22_no_flag_follows_from_a_nationality_a_name_or_a_town_of_origin(moved: Mapping[str, Any]) -> None:
    fixed = {name: row for name, row in moved.items() if not row["may_move"]}
    assert sum(row["pairs"] for row in fixed.values()) >= 50
    assert {name: row["flag_moved"] for name, row in fixed.items() if row["flag_moved"]} == {}


def test_eth_22_hardly_any_level_follows_from_them(moved: Mapping[str, Any]) -> None:
    fixed = [row for row in moved.values() if not row["may_move"]]
    assert sum(row["level_moved"] for row in fixed) <= 0.03 * sum(row["pairs"] for row in fixed)


def test_twins_keep_everything_but_the_swapped_word() -> None:
    group = next(swap for swap in swaps() if swap.name == "nationality")
    assert set(twins("Узбеки, склад", group)) == {
        "Кыргызи, склад",
        "Таджики, склад",
        "Казахи, склад",
        "Туркмени, склад",
    }
    assert list(twins("Повар, Ош", group)) == []


def test_eth_22_the_model_hears_all_peoples_of_origin_alike() -> None:
    heard = {
        passages(f"требуются {people} на склад")[0][0]
        for people in ("узбеки", "кыргызы", "таджики", "казахи", "туркмены")
    }
    assert len(heard) == 1


@pytest.fixture(scope="module")
def held(labelled: Callable[[str], Pairs]) -> Pairs:
    """All held texts with their readings."""
    return [pair for file in HELD for pair in labelled(file)]


@pytest.fixture(scope="module")
def measured(held: Pairs) -> Mapping[str, Any]:
    """Their figures together."""
    return measure([text for text, _ in held], [reading for _, reading in held])


@pytest.mark.parametrize("dimension", ["language", "addressed_to", "destination"])
def test_eth_21_flags_of_no_group_of_a_hundred_held_texts_are_much_less_precise_than_those_of_all(
    measured: Mapping[str, Any], dimension: str
) -> None:
    """Fifteen points are allowed; a floor of eight, so that a slide is seen before a release is blocked."""
    precise = {
        name: row["precision"]["rate"]
        for name, row in measured[dimension].items()
        if row["recall"]["n"] + row["false_flags"]["n"] >= 100
    }
    assert len(precise) >= 3
    assert min(precise.values()) >= measured["overall"]["precision"]["rate"] - 0.08, precise


def test_what_speaks_for_an_advert_holds_back_hardly_any_lure(held: Pairs) -> None:
    ours = [(text, reading) for text, reading in held if reading.protective and not _present(reading)]
    lowered = [text for text, reading in ours if any(why.by == "R18b" and why.adds < 0 for why in reading.reasons)]
    missed = [text.id for text, reading in ours if text.label and not reading.flagged]
    assert len(ours) >= 200
    assert sum(bool(text.label) for text in lowered) <= 2
    assert len(missed) <= 5, missed


def _present(reading: Reading) -> bool:
    return any(finding.state is State.PRESENT for finding in reading.indicators)


def test_eth_23_lawful_look_alikes_stay_below_the_queue(reader: Reader) -> None:
    texts = [text for text in load_seed("train", "dev") if text.hn and not text.label]
    readings = list(nlp.read(reader, [nlp.text_posting(text.id, text.text, text.title) for text in texts]))
    pairs = list(zip(texts, readings, strict=True))
    above_1 = [text.id for text, reading in pairs if reading.level > 1]
    season = [(text.id, reading.level) for text, reading in pairs if text.hn in ("HN1", "HN2", "HN3")]
    assert len(above_1) <= 0.05 * len(texts), above_1
    assert sum(level > 2 for _, level in season) <= 0.02 * len(season), season


@pytest.mark.parametrize("name", ["Айгуль", "Рустам", "Gulnora", "Бахтияр", "Сергей", "Назгүл", "Шавкат"])
def test_eth_22_first_names_are_one_word_to_the_model(name: str) -> None:
    sounds = [passages(fold(f"звоните {each} сегодня").lazy)[0][0] for each in (name, "Эрлану")]
    assert sounds[0] == sounds[1]


@pytest.mark.parametrize(
    "town", ["Бишкек", "Самарқанд", "Худжанда", "Namanganda", "Ташкента", "Dushanbe", "Ашхабад", "Türkmenabat"]
)
def test_eth_22_towns_of_origin_are_one_word_to_the_model(town: str) -> None:
    sounds = [passages(fold(f"ищем людей {each} срочно").lazy)[0][0] for each in (town, "Шымкент")]
    assert sounds[0] == sounds[1]


@pytest.mark.parametrize("word", ["азаматтар", "айларында", "жанармай", "болот", "максат"])
def test_words_that_only_look_like_names_stay_themselves(word: str) -> None:
    assert "name" not in passages(f"{word} {word} {word}")[0][0]


@pytest.mark.parametrize(
    "country", ["Gyrgyzystan", "Gazagystanda", "Täjigistan", "Özbegistan", "Казахстана", "Қирғизистон"]
)
def test_eth_22_countries_of_origin_are_one_word_to_the_model(country: str) -> None:
    assert "origin" in passages(fold(f"люди из {country} срочно").lazy)[0][0]


@pytest.mark.parametrize("word", ["бухарест", "балыкчылар", "baliqchilar", "анталия", "стамбулда", "дүйшөмбү"])
def test_words_that_only_look_like_towns_of_origin_stay_themselves(word: str) -> None:
    assert "town" not in passages(f"{word} {word} {word}")[0][0]
