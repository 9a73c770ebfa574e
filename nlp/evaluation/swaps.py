"""Counterfactual readings: what moves when a nationality, a name, a sex or a destination is another (ETH-22)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from chyrak.records import Reading
from nlp.lines import text_posting
from nlp.reader import Reader, read
from nlp.training.seed import SeedText

_FILE = files("nlp.evaluation").joinpath("swaps.yaml")


class Swap(BaseModel):
    """Forms that may stand for one another; `may_move` where a rule names the difference."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    may_move: bool
    forms: tuple[str, ...]


def swaps() -> tuple[Swap, ...]:
    """The groups of `swaps.yaml`."""
    return TypeAdapter(tuple[Swap, ...]).validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def twins(text: str, swap: Swap) -> Iterator[str]:
    """`text` with every form of the group turned into each of the others; none where it holds no form."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, swap.forms))})", re.IGNORECASE)
    held = {found[0].lower() for found in pattern.finditer(text)}
    if not held:
        return
    for form in swap.forms:
        if held != {form}:
            yield pattern.sub(lambda found, form=form: form.title() if found[0][0].isupper() else form, text)  # type: ignore[misc]


def measure_swaps(reader: Reader, texts: Sequence[SeedText], readings: Sequence[Reading]) -> dict[str, Any]:
    """Per group: pairs of twins, and how many of them moved the level or the flag; the largest step of the score."""
    result: dict[str, Any] = {}
    for swap in swaps():
        pairs = [
            (reading, twin)
            for text, reading in zip(texts, readings, strict=True)
            for twin in _read_twins(reader, text, swap)
        ]
        moved = [(one, other) for one, other in pairs if one.level != other.level]
        result[swap.name] = {
            "may_move": swap.may_move,
            "pairs": len(pairs),
            "level_moved": len(moved),
            "flag_moved": sum(one.flagged != other.flagged for one, other in pairs),
            "widest_step": round(max((abs(one.score - other.score) for one, other in pairs), default=0.0), 3),
            "moved": sorted({one.posting_id for one, _ in moved}),
        }
    return result


def _read_twins(reader: Reader, text: SeedText, swap: Swap) -> Iterator[Reading]:
    for body in twins(text.body, swap):
        title, _, rest = body.partition("\n")
        yield from read(reader, [text_posting(text.id, rest, title)])
