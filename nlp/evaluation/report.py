"""Figures as Markdown, for people and for docs/reading.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

INVENTED = (
    "All labelled texts are invented for this project, and no native reader has checked those in Kyrgyz, Kazakh, "
    "Uzbek, Tajik and Turkmen: these are figures on invented texts, not accuracy in the field."
)

GROUPS = (
    "language",
    "slice",
    "stance",
    "hard_negative_class",
    "exploitation",
    "addressed_to",
    "destination",
)
"""By what the rates are told apart."""


def as_markdown(result: Mapping[str, Any], heading: str, *, brief: bool = False) -> str:
    """The result of `measure` or `evaluate` as one section; `brief` leaves out all but rates and look-alikes."""
    engine = result["engine"]
    lines = [f"## {heading}", "", INVENTED, ""]
    lines += [
        (
            f"{result['texts']} texts, {result['positives']} of them for review; rules `{engine.get('rules', '')}`, "
            f"model `{engine.get('model', '')}`. A flag is level 2 or more; in brackets the 95 % bootstrap interval."
        ),
        "",
        *_table(("group", "recall", "false flags", "precision"), [_rates("all", result["overall"])]),
    ]
    for name in GROUPS[:3] if brief else GROUPS:
        lines += [_line(_rates(f"{name.replace('_', ' ')}: {value}", rates)) for value, rates in result[name].items()]
    types = result["types"]
    lines += [
        "",
        (
            f"Stance right: {_rate(result['stance_accuracy'])}. Same level: {_rate(result['level_agreement'])}. "
            f"Kind of exploitation: the first named is right {_rate(types['first_right'])}, labelled ones are among "
            f"the first three {_rate(types['labelled_among_first_three'])}."
        ),
        "",
    ]
    if not brief:
        lines += _reliability(result["reliability"])
    lines += _baselines(result.get("baselines") or {})
    lines += _table(
        ("look-alikes (ETH-23)", "texts", "above level 1", "above level 2"),
        [[name, row["n"], row["above_1"], row["above_2"]] for name, row in result["hard_negatives"].items()],
    )
    if brief:
        return "\n".join(lines).rstrip() + "\n"
    lines += _swaps(result.get("swaps") or {})
    lines += _table(
        ("indicator", "quoted", "recall", "precision", "span meets the quote"),
        [
            [name, row["quoted"], row["recall"], row["precision"], row["span_touches_quote"]]
            for name, row in result["indicators"].items()
        ],
    )
    lines += _table(
        ("real ordinary adverts (outside data)", "n", "flags", "per 1,000"),
        [[kind, row["n"], row["flags"], row["per_1000"]] for kind, row in (result.get("ordinary") or {}).items()],
    )
    for flag in (result.get("ordinary") or {}).get("all", {}).get("flagged", ()):
        lines += [f"Flagged among them, level {flag['level']}, because: {'; '.join(flag['reasons'])}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _reliability(found: Mapping[str, Any]) -> list[str]:
    rows = [[row["n"], row["score"], row["share"]] for row in found["bins"]]
    return [
        *_table(("texts with such a score", "mean score", "share for review"), rows),
        f"Brier score {found['brier']} (0 is perfect; saying the base rate of every text gives about 0.25).",
        "",
    ]


def _baselines(found: Mapping[str, Any]) -> list[str]:
    rows = [
        [name, row["area_under_curve"], row["average_precision"], row["recall_at_allowed"]]
        for name, row in found.items()
    ]
    return _table(("reader", "area under the curve", "average precision", "recall at 4 % false flags"), rows)


def _swaps(found: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            name,
            "yes" if row["may_move"] else "no",
            row["pairs"],
            row["level_moved"],
            row["flag_moved"],
            row["widest_step"],
        ]
        for name, row in found.items()
    ]
    heads = ("swapped (ETH-22)", "a rule may move it", "pairs", "level moved", "flag moved", "widest step of the score")
    return _table(heads, rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """A Markdown table with an empty line behind it where it ends a part; nothing without rows."""
    if not rows:
        return []
    lines = [_line(heads), "|---" * len(heads) + "|", *(_line(row) for row in rows)]
    return lines if heads[0] == "group" else [*lines, ""]


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join("-" if cell is None else str(cell) for cell in cells) + " |"


def _rates(name: str, rates: Mapping[str, Any]) -> list[str]:
    return [name, *(_rate(rates[key]) for key in ("recall", "false_flags", "precision"))]


def _rate(rate: Mapping[str, Any]) -> str:
    if rate["rate"] is None:
        return "-"
    return f"{rate['rate']:.3f} ({rate['low']:.3f}-{rate['high']:.3f}), {rate['hits']}/{rate['n']}"
