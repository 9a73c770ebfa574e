"""Recall, false flags and indicator accuracy on labelled texts, with intervals; flags on ordinary adverts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from spacy.language import Language

from chyrak.records import Reading, State
from nlp.evaluation.texts import OrdinaryText
from nlp.lines import text_posting
from nlp.pipeline import read
from nlp.training.seed import SeedText

SCORED = frozenset({"OFFER", "SERVICE"})
_DRAWS = 1000


def evaluate(pipe: Language, texts: Sequence[SeedText], ordinary: Sequence[OrdinaryText] = ()) -> dict[str, Any]:
    """Every figure of this pipeline as one JSON-ready object."""
    readings = list(read(pipe, (text_posting(text.id, text.text, text.title) for text in texts)))
    return measure(texts, readings) | {"ordinary": _ordinary(pipe, ordinary)}


def measure(texts: Sequence[SeedText], readings: Sequence[Reading]) -> dict[str, Any]:
    """Every figure of these readings. A flag is level 2 or more; rates come with 95 % bootstrap intervals."""
    pairs = list(zip(texts, readings, strict=True))
    result: dict[str, Any] = {
        "texts": len(texts),
        "positives": sum(text.label for text in texts),
        "engine": {"rules": readings[0].engine.rules, "model": readings[0].engine.model} if readings else {},
        "overall": _rates(pairs),
        "stance_accuracy": _rate([reading.stance.value == text.stance for text, reading in pairs]),
        "level_agreement": _rate([int(reading.level) == text.level for text, reading in pairs]),
    }
    groups: dict[str, Callable[[SeedText], Iterable[str]]] = {
        "language": lambda text: [text.lang],
        "slice": lambda text: [text.slice],
        "stance": lambda text: [text.stance],
        "hard_negative_class": lambda text: [text.hn] if text.hn else [],
        "exploitation": lambda text: text.exploitation,
    }
    for name, key in groups.items():
        members: dict[str, list[tuple[SeedText, Reading]]] = defaultdict(list)
        for text, reading in pairs:
            for value in key(text):
                members[value].append((text, reading))
        result[name] = {value: _rates(found) for value, found in sorted(members.items())}
    result["indicators"] = _indicators(pairs)
    return result


def _rates(pairs: Sequence[tuple[SeedText, Reading]]) -> dict[str, Any]:
    return {
        "recall": _rate([reading.flagged for text, reading in pairs if text.label]),
        "false_flags": _rate([reading.flagged for text, reading in pairs if not text.label]),
        "precision": _rate([bool(text.label) for text, reading in pairs if reading.flagged]),
    }


def _rate(hits: Sequence[bool]) -> dict[str, Any]:
    if not hits:
        return {"n": 0, "hits": 0, "rate": None, "low": None, "high": None}
    values = np.array(hits, dtype=float)
    draws = np.random.default_rng(1).choice(values, (_DRAWS, len(values))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return {
        "n": len(hits),
        "hits": int(values.sum()),
        "rate": round(float(values.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def _indicators(pairs: Sequence[tuple[SeedText, Reading]]) -> dict[str, Any]:
    """Per indicator on offers and services: found among quoted, right among found, and spans that touch the quote."""
    quoted, found, both, touched = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for text, reading in pairs:
        if text.stance not in SCORED:
            continue
        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for item in text.indicators:
            start = text.body.find(item["quote"])
            if item.get("state") != "denied" and start >= 0:
                places[item["id"]].append((start, start + len(item["quote"])))
        present = {item.id: item for item in reading.indicators if item.state is State.PRESENT}
        quoted.update(places.keys())
        found.update(present.keys())
        for name in places.keys() & present.keys():
            both[name] += 1
            spans = present[name].spans
            touched[name] += any(s.start < end and start < s.end for s in spans for start, end in places[name])
    return {
        name: {
            "quoted": quoted[name],
            "found": found[name],
            "recall": round(both[name] / quoted[name], 3) if quoted[name] else None,
            "precision": round(both[name] / found[name], 3) if found[name] else None,
            "span_touches_quote": round(touched[name] / both[name], 3) if both[name] else None,
        }
        for name in sorted(quoted | found)
    }


def _ordinary(pipe: Language, texts: Sequence[OrdinaryText]) -> dict[str, Any]:
    kinds: dict[str, list[Reading]] = defaultdict(list)
    for text, reading in zip(texts, read(pipe, (text_posting(t.id, t.text, t.title) for t in texts)), strict=True):
        kinds[text.kind].append(reading)
        kinds["all"].append(reading)
    return {
        kind: {
            "n": len(readings),
            "flags": sum(reading.flagged for reading in readings),
            "per_1000": round(1000 * sum(reading.flagged for reading in readings) / len(readings), 2),
            "watch_per_1000": round(1000 * sum(int(reading.level) == 1 for reading in readings) / len(readings), 1),
            "flagged": [
                {
                    "id": r.posting_id,
                    "level": int(r.level),
                    "reasons": [f"{x.by} {x.adds:+g}: {x.says}" for x in r.reasons],
                }
                for r in readings
                if r.flagged
            ],
        }
        for kind, readings in sorted(kinds.items())
    }
