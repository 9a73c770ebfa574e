"""Figures as Markdown, for people and for docs/reading.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INVENTED = (
    "All labelled texts are invented for this project, and no native reader has checked those in Kyrgyz, Kazakh, "
    "Uzbek, Tajik and Turkmen: these are figures on invented texts, not accuracy in the field."
)

GROUPS = ("language", "slice", "stance", "hard_negative_class", "exploitation")
"""By what the rates are told apart."""


def as_markdown(result: Mapping[str, Any], heading: str) -> str:
    """The result of `evaluate` as one section."""
    engine = result["engine"]
    lines = [f"## {heading}", "", INVENTED, ""]
    lines += [
        (
            f"{result['texts']} texts, {result['positives']} of them for review; rules `{engine.get('rules', '')}`, "
            f"model `{engine.get('model', '')}`. A flag is level 2 or more; in brackets the 95 % bootstrap interval."
        ),
        "",
        "| group | recall | false flags | precision |",
        "|---|---|---|---|",
        _row("all", result["overall"]),
    ]
    for name in GROUPS:
        lines += [_row(f"{name.replace('_', ' ')}: {value}", rates) for value, rates in result[name].items()]
    lines += [
        "",
        f"Stance right: {_rate(result['stance_accuracy'])}. Same level: {_rate(result['level_agreement'])}.",
        "",
    ]
    lines += ["| indicator | quoted | recall | precision | span meets the quote |", "|---|---|---|---|---|"]
    for name, row in result["indicators"].items():
        cells = (row["quoted"], row["recall"], row["precision"], row["span_touches_quote"])
        lines.append(f"| {name} | " + " | ".join("-" if cell is None else str(cell) for cell in cells) + " |")
    if result.get("ordinary"):
        lines += ["", "| real ordinary adverts (outside data) | n | flags | per 1,000 |", "|---|---|---|---|"]
        lines += [
            f"| {kind} | {row['n']} | {row['flags']} | {row['per_1000']} |" for kind, row in result["ordinary"].items()
        ]
    return "\n".join(lines) + "\n"


def _row(name: str, rates: Mapping[str, Any]) -> str:
    return f"| {name} | " + " | ".join(_rate(rates[key]) for key in ("recall", "false_flags", "precision")) + " |"


def _rate(rate: Mapping[str, Any]) -> str:
    if rate["rate"] is None:
        return "-"
    return f"{rate['rate']:.3f} ({rate['low']:.3f}-{rate['high']:.3f}), {rate['hits']}/{rate['n']}"
