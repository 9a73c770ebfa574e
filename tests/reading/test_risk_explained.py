from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import nlp
from chyrak.errors import AskOperator
from chyrak.records import Level, Reading, State
from chyrak.settings import ReadingSettings
from nlp.components.risk import assess, recompute
from nlp.draft import Opinion
from nlp.lexicon import load_lexicon
from nlp.lexicon.conditions import compile_condition
from nlp.reader import Reader
from nlp.training.seed import load_seed

Read = Callable[[str], Reading]


def test_eth_04_level_and_score_follow_from_the_reasons_alone(reader: Reader) -> None:
    rules = load_lexicon().rules
    postings = [nlp.text_posting(text.id, text.text, text.title) for text in load_seed("dev")]
    for reading in nlp.read(reader, postings):
        assert recompute(reading.reasons, rules) == (reading.score, reading.level)


def test_eth_01_no_reason_or_name_passes_a_verdict() -> None:
    lexicon = load_lexicon()
    words = [name for file in lexicon.indicators.values() for name in file.names.model_dump().values()]
    words += [says for rule in lexicon.rules.rules for says in rule.says.values()]
    for forbidden in ("trafficker", "victim", "criminal", "торговец людьми", "жертва", "преступник"):
        assert not any(forbidden in word.lower() for word in words)


def test_the_engine_is_named_and_the_same_text_reads_the_same(read_text: Read) -> None:
    first, second = read_text("Билет отработаете, паспорт у хозяина"), read_text("Билет отработаете, паспорт у хозяина")
    assert first == second
    assert first.engine.rules
    assert first.engine.model


@pytest.mark.parametrize(
    "text",
    [
        "Требуется официантка в кафе, Бишкек, жильё предоставляется",
        "Срочно нужен грузчик, Ош, оплата каждый день",
        "Требуется продавец, опыт не нужен, звоните",
        "Нужен сторож, пишите в ватсап",
    ],
)
def test_one_weak_sign_never_flags(read_text: Read, text: str) -> None:
    assert read_text(text).level <= Level.WATCH


@pytest.mark.parametrize(("chance", "level"), [(0.7, Level.WATCH), (0.79, Level.WATCH), (0.85, Level.ELEVATED)])
def test_against_a_protective_cue_and_without_a_sign_the_model_must_be_certain(
    reader: Reader, chance: float, level: Level
) -> None:
    draft = reader.draft("Водитель автобуса\nООО «Автотранс», ИНН 7701234567, улица Садовая 19")
    assert draft.protective
    assert not [item for item in draft.indicators if item.state is State.PRESENT]
    draft.opinion = Opinion(chance, {"OFFER": 1.0}, (), 0.0, {})
    assess(reader.lexicon, draft)
    assert draft.level is level
    assert ("R18b" in {reason.by for reason in draft.reasons}) is (level is Level.WATCH)


def test_kept_documents_in_an_offer_ask_for_a_reviewer(read_text: Read) -> None:
    reading = read_text(
        "Требуются рабочие на стройку в Подмосковье, 2000 в день. Паспорта забираем и храним у прораба."
    )
    assert reading.level >= Level.HIGH
    assert "R04" in {reason.by for reason in reading.reasons}


def test_rows_nobody_reviewed_weigh_nothing_when_the_setting_says_so(reader: Reader) -> None:
    text = "Россияга жигиттер керек. Паспорт кожоюнда турат, акчасы күзүндө."
    counted = next(nlp.read(reader, [nlp.text_posting("a", text)]))
    reviewed = nlp.load_reader(ReadingSettings(count_unreviewed=False))
    uncounted = next(nlp.read(reviewed, [nlp.text_posting("a", text)]))
    assert any(reason.by == "unreviewed" for reason in counted.reasons)
    assert any("not counted" in reason.says for reason in uncounted.reasons)
    assert counted.engine != uncounted.engine
    assert "R04" not in {reason.by for reason in uncounted.reasons}


def test_exploitation_types_are_of_the_taxonomy_and_weighted(read_text: Read) -> None:
    from chyrak.taxonomy import exploitation_types

    reading = read_text("Нужен донор почки, вознаграждение 15 тысяч долларов")
    assert reading.exploitation[0].type == "ORG"
    assert all(item.type in exploitation_types() and 0 < item.weight <= 1 for item in reading.exploitation)


@pytest.mark.parametrize("condition", ["I01 and", "I01 or (I02", "I99", "I01 I02", "I01 & I02"])
def test_a_condition_that_cannot_be_read_names_rule_and_column(condition: str) -> None:
    with pytest.raises(AskOperator, match=r"R77: column \d+"):
        compile_condition(condition, frozenset({"I01", "I02"}), "R77")


def test_conditions_know_and_or_not_and_brackets() -> None:
    holds = compile_condition("I01 and not (I02 or I03)", frozenset({"I01", "I02", "I03"}))
    assert holds(frozenset({"I01"}))
    assert not holds(frozenset({"I01", "I03"}))


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"no model")
    with pytest.raises(AskOperator, match=r"model\.npz: not a model"):
        nlp.load_reader(ReadingSettings(model=path))
