"""An encoder in a folder: one vector a text, whatever stands beside it; every fault says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from chyrak.errors import AskOperator
from nlp.encoder import load_encoder
from tests.reading.encoder_parts import needs_onnx, tiny_folder

TEXTS = ["керек иш", "работа", "паспорт. паспорт. паспорт.", "", "😀 unknown signs"]


@pytest.fixture(autouse=True)
def _extra() -> None:
    needs_onnx()


def test_every_text_has_a_vector_of_length_one(tmp_path: Path) -> None:
    vectors = load_encoder(tiny_folder(tmp_path / "e")).encode(TEXTS)
    assert vectors.shape == (5, 8)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_text_gives_no_vector(tmp_path: Path) -> None:
    assert load_encoder(tiny_folder(tmp_path / "e")).encode([]).shape == (0, 8)


def test_a_vector_does_not_depend_on_the_texts_beside_it(tmp_path: Path) -> None:
    encoder = load_encoder(tiny_folder(tmp_path / "e"))
    together = encoder.encode(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.array_equal(encoder.encode([text])[0], vector)


def test_texts_longer_than_the_encoder_takes_are_cut(tmp_path: Path) -> None:
    encoder = load_encoder(tiny_folder(tmp_path / "e", max_tokens=16))
    assert np.array_equal(*encoder.encode(["работа " * 50, "работа " * 90]))


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_pooling_is_as_the_folder_says(tmp_path: Path, pooling: str) -> None:
    encoder = load_encoder(tiny_folder(tmp_path / pooling, pooling=pooling))
    first, other = encoder.encode(["работа", "паспорт"])
    assert np.array_equal(first, other) == (pooling == "cls")


def test_the_fingerprint_changes_with_weights_and_with_settings(tmp_path: Path) -> None:
    folders = [
        tiny_folder(tmp_path / "a"),
        tiny_folder(tmp_path / "b", seed=2),
        tiny_folder(tmp_path / "c", prefix="query: "),
    ]
    assert len({load_encoder(folder).fingerprint for folder in folders}) == 3
    assert load_encoder(tiny_folder(tmp_path / "d")).fingerprint == load_encoder(folders[0]).fingerprint


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"sha256": {"model.onnx": "0" * 64}}, "SHA-256 differs"),
        ({"output": "sentences"}, "no output 'sentences'; it has vectors"),
        ({"pooling": "sum"}, "pooling"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_encoder_file_is_refused_by_name(tmp_path: Path, about: dict[str, object], told: str) -> None:
    folder = tiny_folder(tmp_path / "e", **about)
    with pytest.raises(AskOperator, match=told):
        load_encoder(folder)


def test_a_wrong_number_of_dimensions_is_told_at_the_first_text(tmp_path: Path) -> None:
    encoder = load_encoder(tiny_folder(tmp_path / "e", dim=9))
    with pytest.raises(AskOperator, match="not the 9"):
        encoder.encode(["работа"])


@pytest.mark.parametrize("name", ["encoder.json", "model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = tiny_folder(tmp_path / "e")
    (folder / name).unlink()
    with pytest.raises(AskOperator, match=name):
        load_encoder(folder)


def test_a_graph_that_is_none_is_told(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "e")
    (folder / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(AskOperator, match="not a graph"):
        load_encoder(folder)


def test_a_tokenizer_that_is_none_is_told(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "e")
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0"}))
    with pytest.raises(AskOperator, match="not a tokenizer"):
        load_encoder(folder)
