"""The second look: only at what the fast pass leaves open, told in the explanation, and never by the wrong file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

import nlp
from chyrak.errors import AskOperator
from chyrak.records import Reading
from chyrak.settings import ReadingSettings
from nlp.components.classifier import load_classifier
from nlp.components.risk import recompute
from nlp.encoder import load_encoder
from nlp.encoder.second_look import FORMAT, Head, log_odds
from nlp.evaluation import gain_as_markdown, second_look_gain
from nlp.lexicon import load_lexicon
from nlp.reader import Reader
from nlp.training.classifier import write
from nlp.training.second_look import learn_head
from nlp.training.seed import load_seed
from tests.reading.encoder_parts import WIDTH, needs_onnx, tiny_folder


def second_look(folder: Path, *, classifier: str | None = None) -> Path:
    """A tiny encoder with a head that moves every chance a little."""
    tiny_folder(folder)
    arrays = {
        "middle": np.zeros(WIDTH, np.float32),
        "spread": np.ones(WIDTH, np.float32),
        "support": np.eye(2, WIDTH, dtype=np.float32),
        "dual": np.array([1.0, -1.0], np.float32),
        "numbers": np.array([0.25, 0.5, 0.9, 1.5, 0.1]),
    }
    about = {
        "format": FORMAT,
        "encoder": load_encoder(folder).fingerprint,
        "classifier": classifier or load_classifier().version,
    }
    write(arrays, about, folder / "second_look.npz")
    return folder


def readings(reader: Reader) -> list[Reading]:
    """Of half texts: the model has learnt the whole ones and leaves none of them open."""
    texts = load_seed("train")[::12]
    return list(nlp.read(reader, [nlp.text_posting(t.id, t.text[: len(t.text) // 2], t.title) for t in texts]))


@pytest.fixture(scope="module")
def pairs(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Reading, Reading]]:
    """Readings without and with a second look."""
    needs_onnx()
    folder = second_look(tmp_path_factory.mktemp("encoder") / "e")
    again = nlp.load_reader(ReadingSettings(encoder=folder))
    return list(zip(readings(reader), readings(again), strict=True))


def test_only_what_the_fast_pass_leaves_open_is_looked_at_again(pairs: list[tuple[Reading, Reading]]) -> None:
    seen = ["the encoder looked again" in reason.says for _, read in pairs for reason in read.reasons]
    assert 0 < sum(seen) < len(pairs) / 2
    for fast, slow in pairs:
        if not any("the encoder looked again" in reason.says for reason in slow.reasons):
            assert dataclasses.replace(slow, engine=fast.engine) == fast


def test_a_second_look_changes_the_score_and_is_explained(pairs: list[tuple[Reading, Reading]]) -> None:
    rules = load_lexicon().rules
    changed = [slow for fast, slow in pairs if fast.score != slow.score]
    assert changed
    for reading in changed:
        assert "before the encoder looked again" in next(r.says for r in reading.reasons if r.by == "model")
        assert recompute(reading.reasons, rules) == (reading.score, reading.level)


def test_the_engine_names_the_second_look(pairs: list[tuple[Reading, Reading]]) -> None:
    fast, slow = pairs[0]
    assert slow.engine.model.startswith(f"{fast.engine.model}+")


def test_a_second_look_learnt_for_another_classifier_is_refused(tmp_path: Path) -> None:
    needs_onnx()
    folder = second_look(tmp_path / "e", classifier="another")
    with pytest.raises(AskOperator, match=r"learnt for the classifier another.*chyrak train --encoder"):
        nlp.load_reader(ReadingSettings(encoder=folder))


def test_an_encoder_without_a_second_look_says_how_to_learn_one(tmp_path: Path) -> None:
    needs_onnx()
    with pytest.raises(AskOperator, match="chyrak train --encoder"):
        nlp.load_reader(ReadingSettings(encoder=tiny_folder(tmp_path / "e")))


def test_the_head_learns_what_lies_inside_and_outside_of_a_ring() -> None:
    chance = np.random.default_rng(3)
    vectors = chance.normal(size=(400, 4)).astype(np.float32)
    labels = (np.linalg.norm(vectors, axis=1) > 1.9).astype(int)
    head = learn_head(vectors, labels, np.full(400, 0.5), StratifiedKFold(5).split(vectors, labels))
    guessed = np.array([head.chance(0.5, float(value)) for value in head.value(vectors)])
    assert ((guessed > 0.5) == labels).mean() > 0.9
    assert abs(guessed.mean() - labels.mean()) < 0.1


def test_a_surer_fast_pass_gives_a_surer_second_look() -> None:
    zero = np.zeros(1, np.float32)
    head = Head(zero, zero + 1, np.zeros((1, 1), np.float32), zero, 0.0, 1.0, (1.0, 0.5, 0.0))
    chances = [head.chance(first, 0.3) for first in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert chances == sorted(chances)
    assert all(0.0 < chance < 1.0 for chance in chances)
    assert log_odds(0.5) == 0.0


def test_gain_and_cost_stand_beside_the_fast_pass(reader: Reader, tmp_path: Path) -> None:
    needs_onnx()
    again = nlp.load_reader(ReadingSettings(encoder=second_look(tmp_path / "e")))
    halves = [dataclasses.replace(text, text=text.text[: len(text.text) // 2]) for text in load_seed("train")[::12]]
    gain = second_look_gain(reader, again, halves)
    assert gain["looked_at_again"] > 0
    assert gain["fast pass"]["recall"]["n"] == gain["with second look"]["recall"]["n"] > 0
    assert gain["fast pass"]["per_second"] > 0
    table = gain_as_markdown(gain)
    assert all(name in table for name in ("| fast pass |", "| with second look |", "texts looked at again"))
