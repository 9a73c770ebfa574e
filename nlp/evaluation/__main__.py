"""`python -m nlp.evaluation FILE`: labelled JSON lines in, figures out as JSON or Markdown."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chyrak.errors import WrongUsage
from nlp.evaluation.measure import OrdinaryText, evaluate
from nlp.evaluation.report import as_markdown
from nlp.pipeline import load
from nlp.training.seed import PARTS, SeedText, load_seed, read_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 with a sentence on what to do when the file cannot be used."""
    parser = argparse.ArgumentParser(prog="nlp.evaluation", description=__doc__)
    parser.add_argument(
        "file", help=f"JSON lines with text and label, or a part of the seed corpus: {', '.join(PARTS)}"
    )
    parser.add_argument("--markdown", action="store_true", help="a Markdown table instead of JSON")
    parser.add_argument("--ordinary", type=Path, help="real ordinary adverts (.jsonl.gz); found in CHYRAK_DATA if set")
    chosen = parser.parse_args(arguments)
    try:
        texts = _texts(chosen.file)
        result = evaluate(load(), texts, ordinary_adverts(chosen.ordinary))
    except WrongUsage as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    written = as_markdown(result, f"Evaluation: {chosen.file}") if chosen.markdown else json.dumps(result, indent=1)
    sys.stdout.write(written + "\n")
    return 0


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


def _texts(name: str) -> list[SeedText]:
    return load_seed(name) if name in PARTS else read_file(Path(name))


if __name__ == "__main__":
    raise SystemExit(main())
