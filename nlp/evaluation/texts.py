"""The texts an evaluation reads: a labelled file or part of the seed corpus, and real ordinary adverts."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path

from chyrak.errors import WrongUsage
from nlp.training.seed import PARTS, SeedText, load_seed, read_file


@dataclass(frozen=True)
class OrdinaryText:
    """An advert presumed lawful; `kind` says how much of it there is (full, excerpt, card, snippet)."""

    id: str
    kind: str
    title: str
    text: str


def labelled_texts(name: str) -> list[SeedText]:
    """The texts of a part of the seed corpus (train, dev, test), or of a file of JSON lines with text and label.

    Raises WrongUsage naming file and line for anything that is no labelled text.
    """
    texts = load_seed(name) if name in PARTS else read_file(Path(name))
    if not texts:
        raise WrongUsage(f"{name}: no labelled text in it. Each line needs id, text and label.")
    return texts


def ordinary_adverts(path: Path | None = None) -> list[OrdinaryText]:
    """Real adverts from outside this repository; none where neither `path` nor CHYRAK_DATA leads to them."""
    if path is None:
        path = Path(os.environ.get("CHYRAK_DATA", "")) / "ads" / "real_ordinary.jsonl.gz"
        if not os.environ.get("CHYRAK_DATA") or not path.is_file():
            return []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    except (OSError, ValueError) as fault:
        raise WrongUsage(
            f"{path}: cannot be read as gzipped JSON lines: {fault}. Name another with --ordinary."
        ) from fault
    return [
        OrdinaryText(str(r["id"]), str(r.get("kind") or ""), str(r.get("title") or ""), str(r["text"])) for r in rows
    ]
