"""The seed corpus: invented adverts with labels, and the fixed division into train, dev and test."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from chyrak.errors import WrongUsage

FOLDER = Path(str(files("nlp").joinpath("data/seed")))
PARTS = ("train", "dev", "test")


@dataclass(frozen=True)
class SeedText:
    """One invented text. `label` 1 means a reviewer should see it; `part` follows from the text alone."""

    id: str
    lang: str
    title: str
    text: str
    label: int
    level: int
    stance: str
    slice: str
    hn: str
    exploitation: tuple[str, ...]
    indicators: tuple[Mapping[str, str], ...]
    protective: tuple[Mapping[str, str], ...]
    part: str

    @property
    def body(self) -> str:
        """Title, newline, text: what offsets count."""
        return f"{self.title}\n{self.text}"

    @property
    def hand(self) -> str:
        """Who wrote it: the letters the id begins with. A text of the seed corpus counts as a hand of its own."""
        letters = re.match(r"[A-Z]+(?=-)", self.id) if self.slice == "written" else None
        return letters[0] if letters else self.id


def part_of(body: str) -> str:
    """train (60 %), dev (20 %) or test (20 %), by a hash of the text without case and spacing."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", body).lower()).strip()
    number = int.from_bytes(hashlib.sha256(f"chyrak-split-1|{plain}".encode()).digest()[:4], "big") % 100
    return "train" if number < 60 else "dev" if number < 80 else "test"


def load_seed(*parts: str, folder: Path = FOLDER) -> list[SeedText]:
    """The seed texts of `parts` (all without any), in file order. Nobody who writes rules looks at `test`.

    `more_train.jsonl` was written after the division, with train and dev in view: it only ever trains.
    """
    found: list[SeedText] = []
    for path in sorted(folder.glob("*.jsonl")):
        texts = read_file(path, "train" if path.stem == "more_train" else None)
        found += [text for text in texts if not parts or text.part in parts]
    return found


def read_file(path: Path, part: str | None = None) -> list[SeedText]:
    """The labelled texts of one JSON-lines file. Raises WrongUsage naming file and line."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise WrongUsage(f"{path}: cannot be read: {fault}. Name a file of JSON lines in UTF-8.") from fault
    for number, line in enumerate(lines, 1):
        try:
            found.append(_read(json.loads(line), part))
        except (KeyError, TypeError, ValueError) as fault:
            problem = f"{type(fault).__name__}: {fault}"
            raise WrongUsage(
                f"{path}:{number}: not a labelled text ({problem}). It needs id, text and label."
            ) from fault
    return found


def _read(row: Mapping[str, Any], part: str | None) -> SeedText:
    title, text = str(row.get("title") or ""), str(row["text"])
    return SeedText(
        id=str(row["id"]),
        lang=str(row.get("lang") or ""),
        title=title,
        text=text,
        label=int(row["label"]),
        level=int(row.get("level") or 0),
        stance=str(row.get("stance") or "OTHER"),
        slice=str(row.get("slice") or ""),
        hn=str(row.get("hn") or ""),
        exploitation=tuple(row.get("exploitation") or ()),
        indicators=tuple(row.get("indicators") or ()),
        protective=tuple(row.get("protective") or ()),
        part=part or part_of(f"{title}\n{text}"),
    )
