"""Recall, false flags and indicator accuracy on labelled texts, with intervals; flags on ordinary adverts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from chyrak.records import Reading, State
from nlp.components.places import HOME, countries, work_countries
from nlp.evaluation.baselines import measure_baselines
from nlp.evaluation.swaps import measure_swaps
from nlp.evaluation.texts import OrdinaryText
from nlp.lines import text_posting
from nlp.reader import Reader, load_reader, read
from nlp.training.seed import SeedText

SCORED = frozenset({"OFFER", "SERVICE"})
_DRAWS = 1000


def evaluate(reader: Reader, texts: Sequence[SeedText], ordinary: Sequence[OrdinaryText] = ()) -> dict[str, Any]:
    """Every figure of this reader as one JSON-ready object."""
    readings = list(read(reader, (text_posting(text.id, text.text, text.title) for text in texts)))
    return measure(texts, readings) | {
        "baselines": measure_baselines(texts, readings),
        "swaps": measure_swaps(reader, texts, readings),
        "ordinary": _ordinary(reader, ordinary),
    }


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
    result["reliability"] = _reliability(pairs)
    result["types"] = _types(pairs)
    result["hard_negatives"] = _hard_negatives(pairs)
    addressed = {text.id: sex for text, sex in zip(texts, _addressed(texts), strict=True)}
    groups: dict[str, Callable[[SeedText, Reading], Iterable[str]]] = {
        "language": lambda text, _: [text.lang],
        "slice": lambda text, _: [text.slice],
        "stance": lambda text, _: [text.stance],
        "hard_negative_class": lambda text, _: [text.hn] if text.hn else [],
        "exploitation": lambda text, _: text.exploitation,
        "addressed_to": lambda text, _: [addressed[text.id]],
        "destination": lambda _, reading: [_destination(reading)],
    }
    for name, key in groups.items():
        members: dict[str, list[tuple[SeedText, Reading]]] = defaultdict(list)
        for text, reading in pairs:
            for value in key(text, reading):
                members[value].append((text, reading))
        result[name] = {value: _rates(members[value]) for value in sorted(members, key=_natural)}
    result["indicators"] = _indicators(pairs)
    return result


def _natural(name: str) -> tuple[str, int]:
    """HN2 before HN10."""
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or 0)


def _addressed(texts: Sequence[SeedText]) -> list[str]:
    """Whom each text asks for, by the lexicon: women alone, men alone, anybody."""
    reader = load_reader(for_training=True)
    facts = [reader.draft(text.body).facts for text in texts]
    return ["women" if "women" in found else "men" if "men" in found else "anybody" for found in facts]


def _destination(reading: Reading) -> str:
    """Where the work is, as far as the text says."""
    abroad = work_countries(reading.places) - HOME
    for name, members in (("South-East Asia", countries("sea")), ("Gulf", countries("gulf"))):
        if abroad & members:
            return name
    named = {"RU": "Russia", "TR": "Türkiye", "KR": "South Korea"}
    found = [named[country] for country in named if country in abroad]
    if found or abroad:
        return found[0] if found else "elsewhere abroad"
    return "origin countries" if reading.places else "not stated"


def _reliability(pairs: Sequence[tuple[SeedText, Reading]]) -> dict[str, Any]:
    """Ten bins of the score: how many texts, the mean score and the share for review; Brier score over all."""
    scores = np.array([reading.score for _, reading in pairs])
    labels = np.array([text.label for text, _ in pairs], dtype=float)
    bins = []
    for number in range(10):
        inside = np.minimum((scores * 10).astype(int), 9) == number
        if inside.any():
            bins.append(
                {
                    "n": int(inside.sum()),
                    "score": round(float(scores[inside].mean()), 3),
                    "share": round(float(labels[inside].mean()), 3),
                }
            )
    return {"bins": bins, "brier": round(float(np.mean((scores - labels) ** 2)), 4) if len(pairs) else None}


def _hard_negatives(pairs: Sequence[tuple[SeedText, Reading]]) -> dict[str, Any]:
    """Lawful look-alikes HN1-HN20 above level 1 and above level 2 (ETH-23: at most 5 % and, HN1 to HN3, 2 %)."""
    levels: dict[str, list[int]] = defaultdict(list)
    for text, reading in pairs:
        if text.hn and not text.label:
            levels[text.hn].append(int(reading.level))
            levels["all"].append(int(reading.level))
            if text.hn in ("HN1", "HN2", "HN3"):
                levels["HN1 to HN3"].append(int(reading.level))
    return {
        name: {"n": len(found), "above_1": sum(x > 1 for x in found), "above_2": sum(x > 2 for x in found)}
        for name, found in sorted(
            levels.items(), key=lambda item: (item[0] != "all", " " in item[0], _natural(item[0]))
        )
    }


def _types(pairs: Sequence[tuple[SeedText, Reading]]) -> dict[str, Any]:
    """Kinds of exploitation of flagged texts: the first named is right, and labelled ones among the first three."""
    named = [(t, r) for t, r in pairs if t.label and t.exploitation and r.flagged and r.exploitation]
    found = [kind in {e.type for e in r.exploitation[:3]} for t, r in named for kind in t.exploitation]
    return {
        "first_right": _rate([r.exploitation[0].type in t.exploitation for t, r in named]),
        "labelled_among_first_three": _rate(found),
    }


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


def _ordinary(reader: Reader, texts: Sequence[OrdinaryText]) -> dict[str, Any]:
    kinds: dict[str, list[Reading]] = defaultdict(list)
    for text, reading in zip(texts, read(reader, (text_posting(t.id, t.text, t.title) for t in texts)), strict=True):
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
