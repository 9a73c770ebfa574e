"""Names of indicators and cues and the sense of rules in the reader's language, from the definitions of the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from nlp import definitions
from nlp.definitions import IndicatorDefinition, ProtectiveDefinition, RuleDefinition
from review.speech import words


@dataclass(frozen=True, slots=True)
class Sign:
    """What a page says of an indicator or cue: `dimension` is lower case (pay, control ...) and colours its marks.

    `meaning` is its definition and `lawful` what lawful adverts show it too; both in English, empty when unknown.
    """

    id: str
    name: str
    dimension: str
    meaning: str = ""
    lawful: str = ""


def sign(sign_id: str) -> Sign:
    """The sign of that id; one the definitions do not know keeps its id as its name."""
    known = _indicators().get(sign_id)
    if known is not None:
        return Sign(sign_id, _in_words(known.names), known.dimension.lower(), known.definition, known.lawful)
    cue = _protective().get(sign_id)
    if cue is not None:
        return Sign(sign_id, _in_words(cue.names), "protective", cue.definition, cue.caveat)
    return Sign(sign_id, sign_id, "other")


def rule_says(rule_id: str) -> str:
    """What a rule, or the indicator of that id, says in the reader's language; empty for one not known."""
    rule = _rules().get(rule_id)
    if rule is not None:
        return _in_words(rule.says)
    known = _indicators().get(rule_id)
    return _in_words(known.names) if known is not None else ""


def _in_words(names: Mapping[str, str]) -> str:
    return names.get(words().language) or names["en"]


@lru_cache(maxsize=1)
def _indicators() -> Mapping[str, IndicatorDefinition]:
    return definitions.indicators()


@lru_cache(maxsize=1)
def _protective() -> Mapping[str, ProtectiveDefinition]:
    return definitions.protective()


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, RuleDefinition]:
    return definitions.rules()
