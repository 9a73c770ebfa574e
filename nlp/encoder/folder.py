"""An encoder in a folder: `model.onnx`, `tokenizer.json` and `encoder.json` that says how to use them.

The tokenizer is read by transformers (`local_files_only`, no code from the folder), the graph run by onnxruntime on one
thread. Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chyrak.errors import AskOperator
from nlp.encoder.safe_text import PREPROCESSING

Floats = NDArray[np.float32]
SETTINGS, MODEL, TOKENIZER = "encoder.json", "model.onnx", "tokenizer.json"


class EncoderFile(BaseModel):
    """encoder.json. `output` is the graph's output to use, empty for its first; `sha256` of the files that are pinned.

    `pooling` makes one vector of the graph's output: the mean over the tokens, the first token (`cls`), or none
    (`output`: the graph gives one vector a text).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    dim: int = Field(ge=1)
    max_tokens: int = Field(default=512, ge=8)
    pooling: Literal["mean", "cls", "output"]
    output: str = ""
    prefix: str = ""
    licence: str
    sha256: Mapping[str, str] = {}


class FolderEncoder:
    """`load_encoder` opens one."""

    def __init__(self, about: EncoderFile, fingerprint: str, tokenizer: Any, session: Any) -> None:
        self.about = about
        self.name = about.name
        self.dim = about.dim
        self.fingerprint = fingerprint
        self._tokenizer = tokenizer
        self._session = session
        self._inputs = {item.name for item in session.get_inputs()}
        self._outputs = [about.output] if about.output else [session.get_outputs()[0].name]

    def encode(self, texts: Sequence[str]) -> Floats:
        """One vector of length 1 a text, shape (texts, dim).

        Texts go one by one: in a batch the small integers of one text would depend on its neighbours.
        """
        rows = [self._vector(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dim), np.float32)

    def _vector(self, text: str) -> Floats:
        tokens = self._tokenizer(
            self.about.prefix + text, truncation=True, max_length=self.about.max_tokens, return_attention_mask=True
        )
        count = len(tokens["input_ids"])
        given = {
            "input_ids": np.array([tokens["input_ids"]], dtype=np.int64),
            "attention_mask": np.ones((1, count), dtype=np.int64),
            "token_type_ids": np.zeros((1, count), dtype=np.int64),
        }
        output = self._session.run(self._outputs, {name: given[name] for name in self._inputs})[0][0]
        pooled = {"mean": lambda: output.mean(axis=0), "cls": lambda: output[0], "output": lambda: output}
        vector = np.asarray(pooled[self.about.pooling](), dtype=np.float32).ravel()
        if vector.shape != (self.dim,) or not np.isfinite(vector).all():
            raise AskOperator(
                f"encoder {self.name}: gives {vector.shape} numbers, not the {self.dim} of its {SETTINGS}, or some "
                "that are none. Mend `dim`, `pooling` or `output` there."
            )
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length or 1.0)


@lru_cache(maxsize=2)
def load_encoder(folder: Path) -> FolderEncoder:
    """The encoder in `folder`, loaded once a process (seconds, some hundred MB).

    Raises AskOperator for a file that is missing, altered or not understood, and when the extra is not installed.
    """
    about = _settings(folder)
    digests = {name: _digest(folder / name) for name in (MODEL, TOKENIZER)}
    for name, wanted in about.sha256.items():
        if digests.get(name) != wanted:
            raise AskOperator(
                f"{folder / name}: is not the file that {SETTINGS} names (SHA-256 differs). Make the folder anew with "
                "`chyrak model import`, or take the line out of `sha256` if the change is yours."
            )
    whole = hashlib.sha256(f"{PREPROCESSING} {about.model_dump_json()} {sorted(digests.items())}".encode())
    return FolderEncoder(about, whole.hexdigest()[:16], _tokenizer(folder), _session(folder / MODEL, about))


def _settings(folder: Path) -> EncoderFile:
    path = folder / SETTINGS
    try:
        return EncoderFile.model_validate_json(path.read_bytes())
    except OSError as fault:
        raise AskOperator(
            f"{path}: {fault.strerror}. Make an encoder folder with `chyrak model import FOLDER`, or leave "
            "`reading.encoder` empty."
        ) from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        raise AskOperator(f"{path}: {where}: {first['msg']}. docs/encoder.md shows a whole one.") from fault


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise AskOperator(f"{path}: {fault.strerror}. An encoder folder holds {MODEL} and {TOKENIZER}.") from fault


def _tokenizer(folder: Path) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as fault:  # the tokenizer's own library raises bare Exception for a broken file
        raise AskOperator(f"{folder / TOKENIZER}: not a tokenizer that can be read: {fault}.") from fault


def _session(path: Path, about: EncoderFile) -> Any:
    try:
        import onnxruntime
    except ImportError as fault:
        raise AskOperator(
            "The encoder needs onnxruntime: pip install 'chyrak[onnx]', or leave `reading.encoder` empty."
        ) from fault
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # onnxruntime raises bare classes of its own
        raise AskOperator(f"{path}: not a graph that can be run: {fault}.") from fault
    inputs = {item.name for item in session.get_inputs()}
    known = {"input_ids", "attention_mask", "token_type_ids"}
    if not inputs <= known:
        unknown = ", ".join(sorted(inputs - known))
        raise AskOperator(f"{path}: asks for {unknown}; known are {', '.join(sorted(known))}.")
    outputs = [item.name for item in session.get_outputs()]
    if about.output and about.output not in outputs:
        raise AskOperator(f"{path}: has no output {about.output!r}; it has {', '.join(outputs)}. Mend {SETTINGS}.")
    return session
