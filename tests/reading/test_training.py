"""The model is learnt from labelled texts, and from what reviewers of this home have decided."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import nlp
from chyrak.errors import WrongUsage
from chyrak.records import Decision, Kind, Sighting
from chyrak.settings import ReadingSettings
from nlp.reader import Reader
from nlp.training.classifier import hands_apart, train, write
from nlp.training.seed import SeedText, load_seed
from runtime.cli.app import app
from runtime.cli.corpus import decided_texts
from runtime.context import opened
from store import decisions, people, postings, readings


@pytest.fixture(scope="module")
def small() -> list[SeedText]:
    return load_seed("dev")


def test_the_same_texts_give_the_same_model_file_that_reads_without_pickle(
    small: list[SeedText], tmp_path: Path
) -> None:
    paths = tmp_path / "a.npz", tmp_path / "b.npz"
    for path in paths:
        write(*train(small), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with np.load(paths[0], allow_pickle=False) as arrays:
        assert {"first", "second_hidden", "about"} <= set(arrays.files)
    reader = nlp.load_reader(ReadingSettings(model=paths[0]))
    reading = next(nlp.read(reader, [nlp.text_posting("t", "Требуются швеи, паспорт сдаёте хозяйке")]))
    assert 0 <= reading.score <= 1


def test_a_model_of_this_home_is_never_written_over_the_one_that_comes_with_chyrak(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["train", "--decisions", "--home", str(tmp_path)])
    assert isinstance(done.exception, WrongUsage)
    assert "--output" in str(done.exception)


def test_settled_decisions_become_labelled_texts_and_open_ones_do_not(tmp_path: Path, reader: Reader) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    texts = ("Швея, Москва, паспорт у мастера", "Швея, Ош, договор, выходные", "Повар, Бишкек")
    with opened(tmp_path) as context, context.store.main.begin() as connection:
        senior = people.add(connection, "aigul", "aigul@ngo.example", "investigator", senior=True)
        keys = []
        for number, text in enumerate(texts):
            seen = Sighting("board", f"https://board.example/{number}", Kind.ADVERT, "", text, now)
            keys.append(postings.keep(connection, seen).posting_id)
            posting = postings.get(connection, keys[-1])
            assert posting
            readings.record(connection, next(nlp.read(reader, [posting])), context.vault, now)
        for key, outcome in zip(keys, ("referred", "unfounded", "needs_more"), strict=True):
            word = Decision(key, 1, senior.name, outcome, "", now, outcome == "referred")
            decisions.record(connection, word, senior)
    learnt = {text.text: text for text in decided_texts(tmp_path)}
    assert set(learnt) == set(texts[:2])
    assert (learnt[texts[0]].label, learnt[texts[0]].stance) == (1, "OFFER")
    assert learnt[texts[1]].label == 0


def test_a_file_in_which_no_clause_is_quoted_gives_whole_numbers(small: list[SeedText]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        arrays, _ = train([replace(text, indicators=()) for text in small])
    assert np.isfinite(arrays["first_scale"]).all()
    assert (arrays["first_scale"] > 0).all()


def test_texts_of_one_hand_are_never_on_both_sides_when_hands_are_kept_apart() -> None:
    texts = load_seed("train", "dev")
    seed = [text for text in texts if text.slice != "written"]
    assert len({text.hand for text in seed}) == len(seed)  # the same hands wrote the test part, so each counts alone
    assert {text.hand for text in texts if text.id.startswith("KA-")} == {"KA"}
    held = []
    for there, here in hands_apart(texts, 5, seed=11):
        assert not {texts[row].hand for row in there} & {texts[row].hand for row in here}
        held += here.tolist()
    assert sorted(held) == list(range(len(texts)))
