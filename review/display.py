"""Turns codes into words a person reads: values of facets, details of audit events, lines of a reading's reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chyrak import taxonomy
from chyrak.records import Reason
from review.indicators import sign
from review.masking import mask
from review.speech import country, words


def facet_value(facet: str, value: str) -> str:
    """The words for a value of a search facet."""
    t = words()
    if facet == "level":
        return f"{value} {taxonomy.level_name(int(value), t.language)}" if value.isdigit() else value
    if facet == "type":
        return taxonomy.exploitation_name(value, t.language) if value in taxonomy.exploitation_types() else value
    if facet == "indicator":
        return f"{value} {sign(value).name}"
    if facet == "stance":
        return taxonomy.stance_name(value, t.language)
    if facet == "place":
        return country(value)
    prefix = {"lang": "lang", "decision": "state", "kind": "kind", "gone": "answer"}.get(facet)
    key = f"{prefix}.{value}"
    return t.say(key) if prefix and t.has(key) else value


def audit_details(details: Mapping[str, Any]) -> str:
    """The details of an event on one line; long lists of adverts become their number."""
    parts = []
    for name, value in details.items():
        if isinstance(value, list):
            value = f"{len(value)}" if len(value) > 5 else ", ".join(str(v)[:12] for v in value)
        elif isinstance(value, dict):
            value = "; ".join(f"{k} {'/'.join(map(str, v)) if isinstance(v, list) else v}" for k, v in value.items())
        elif isinstance(value, bool):
            value = words().say("answer.yes" if value else "answer.no")
        if value not in ("", None):
            parts.append(f"{name}: {value}")
    return mask(" · ".join(parts))


def reason_says(reason: Reason) -> str:
    """A line of the explanation, in the reader's words where the line names an indicator, contacts masked."""
    return mask(reason.says)
