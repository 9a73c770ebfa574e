"""What a second look by an encoder gains and costs on labelled texts: both passes beside each other."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from nlp.evaluation.measure import measure
from nlp.lines import text_posting
from nlp.reader import Reader, read
from nlp.training.seed import SeedText


def second_look_gain(fast: Reader, again: Reader, texts: Sequence[SeedText]) -> dict[str, Any]:
    """The rates of both readers, the texts each reads a second (processor time), and how many were looked at twice.

    Figures are honest only for texts that neither the classifier nor the encoder's head has learnt from.
    """
    result: dict[str, Any] = {"texts": len(texts)}
    for name, reader in (("fast pass", fast), ("with second look", again)):
        began = time.process_time()
        readings = list(read(reader, (text_posting(text.id, text.text, text.title) for text in texts)))
        seconds = time.process_time() - began
        result[name] = measure(texts, readings)["overall"] | {"per_second": round(len(texts) / max(seconds, 1e-9))}
        result["looked_at_again"] = sum(
            "the encoder looked again" in reason.says for reading in readings for reason in reading.reasons
        )
    return result


def gain_as_markdown(gain: Mapping[str, Any]) -> str:
    """The figures as one small table."""
    lines = [
        f"### Second look: {gain['looked_at_again']} of {gain['texts']} texts looked at again",
        "",
        "| | recall | false flags | precision | texts a second |",
        "|---|---|---|---|---|",
    ]
    for name in ("fast pass", "with second look"):
        rates = [f"{gain[name][rate]['hits']} of {gain[name][rate]['n']}" for rate in _RATES]
        lines.append(f"| {name} | {' | '.join(rates)} | {gain[name]['per_second']:,} |")
    return "\n".join(lines)


_RATES = ("recall", "false_flags", "precision")
