"""Measures what a second look gains and costs and writes it into encoder.md, between its two marks.

`python docs/make_encoder.py FOLDER`, where FOLDER was made by `chyrak model import` and `chyrak train --encoder`.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Any

import nlp
from chyrak.settings import ReadingSettings
from nlp.encoder.folder import load_encoder
from nlp.evaluation import gain_as_markdown, second_look_gain
from nlp.training.seed import SeedText, load_seed, read_file

PAGE = Path(__file__).parent / "encoder.md"
CHECK = Path(__file__).parent.parent / "tests" / "reading" / "data" / "check.jsonl"
SEVENTH = CHECK.with_name("held_out_seventh.jsonl")
BEGIN, END = "<!-- measured by docs/make_encoder.py -->", "<!-- end of what was measured -->"


def main(folder: Path) -> None:
    fast, again = nlp.load_reader(ReadingSettings(encoder=None)), nlp.load_reader(ReadingSettings(encoder=folder))
    test = load_seed("test")
    parts = [
        BEGIN,
        f"Whole readings, rules and caps included, of {len(test)} invented test texts that neither has learnt from:",
        _table(fast, again, test),
        "and of the 180 invented texts of `tests/reading/data/check.jsonl`, half of which was looked at while tuning:",
        _table(fast, again, read_file(CHECK)),
        "and of the invented texts of `tests/reading/data/held_out_seventh.jsonl`, by hands that neither has met:",
        _table(fast, again, read_file(SEVENTH)),
        _cost(folder, test),
        END,
    ]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + "\n\n".join(parts) + after, encoding="utf-8")


def _table(fast: Any, again: Any, texts: list[SeedText]) -> str:
    lines = gain_as_markdown(second_look_gain(fast, again, texts)).split("\n")
    return "\n".join([f"{lines[0].removeprefix('### Second look: ')}:", *lines[1:]])


def _cost(folder: Path, texts: list[SeedText]) -> str:
    encoder = load_encoder(folder)
    bodies = [text.body for text in texts[:150]]
    quickest = [float("inf")] * len(bodies)
    for _ in range(3):
        for number, body in enumerate(bodies):
            began = time.process_time()
            encoder.encode([body])
            quickest[number] = min(quickest[number], time.process_time() - began)
    rate = len(bodies) / sum(quickest)
    size = sum(map(len, bodies)) // len(bodies)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"The encoder alone reads {rate:.0f} texts of {size} letters a second (processor time, the quickest of three\n"
        f"rounds); measuring all this, with both passes loaded, took {memory} MB at most."
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
