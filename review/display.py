"""Turns codes into words a person reads: values of facets, details of audit events, lines of a reading's reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chyrak import taxonomy
from chyrak.records import Reason
from review.indicators import rule_says, sign
from review.masking import mask
from review.speech import country, words

_ID = re.compile(r"\b[IM]\d\d\b")
_COUNTED = re.compile(r"\b([IM]\d\d) [^;]*?\(([\d.]+)\)")
_LIMITED = re.compile(r"limited to ([\d.]+)")


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


def reason_by(reason: Reason) -> str:
    """Who adds: a dimension by its name, the model, or the id of a rule or cue."""
    key = f"dimension.{reason.by.lower()}"
    if words().has(key):
        return words().say(key)
    key = f"reason_by.{reason.by}"
    return words().say(key) if words().has(key) else reason.by


def reason_says(reason: Reason) -> str:
    """A line of the explanation in the reader's language, figures kept; as the reading said it where unknown."""
    t = words()
    counted = _COUNTED.findall(reason.says)
    if reason.by.isupper() and counted:
        listed = "; ".join(f"{name} {sign(name).name} ({weight})" for name, weight in counted)
        limit = _LIMITED.search(reason.says)
        return f"{listed}; {t.say('reason.limited', to=limit.group(1))}" if limit else listed
    if reason.by == "model" and (chance := re.search(r"\d+%", reason.says)):
        return t.say("reason.model", chance=chance.group())
    if reason.by == "unreviewed":
        key = "reason.uncounted" if "not counted" in reason.says else "reason.unreviewed"
        return t.say(key, ids=", ".join(_ID.findall(reason.says)))
    if reason.by == "urgent":
        return t.say("reason.urgent")
    return rule_says(reason.by) or mask(reason.says)
