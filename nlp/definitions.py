"""What the ids in a reading mean, for pages, mails and documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.lexicon import load_lexicon


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    """One indicator: `dimension` caps it with its kin, `cls` A, B or C says how strong it is alone."""

    id: str
    name: str
    names: Mapping[str, str]
    definition: str
    dimension: str
    cls: str
    weight: float
    basis: str
    speaks_to: tuple[str, ...]
    lawful: str


@dataclass(frozen=True, slots=True)
class ProtectiveDefinition:
    """One protective cue: `weight` (points, at most 0) and what to beware of."""

    id: str
    name: str
    names: Mapping[str, str]
    definition: str
    weight: float
    caveat: str


@dataclass(frozen=True, slots=True)
class RuleDefinition:
    """One rule: what it says in en, ru, ky, and the level it asks for, if it asks for one."""

    id: str
    says: Mapping[str, str]
    level: int | None
    exploitation: tuple[str, ...]


def indicators() -> Mapping[str, IndicatorDefinition]:
    """Every indicator of the starter pack, by id."""
    return {
        name: IndicatorDefinition(
            name,
            file.names.en,
            file.names.model_dump(),
            file.definition,
            file.dimension,
            file.cls,
            file.weight,
            file.basis,
            file.speaks_to,
            file.lawful,
        )
        for name, file in load_lexicon().indicators.items()
    }


def protective() -> Mapping[str, ProtectiveDefinition]:
    """Every protective cue of the starter pack, by id."""
    return {
        name: ProtectiveDefinition(
            name, file.names.en, file.names.model_dump(), file.definition, file.weight, file.caveat
        )
        for name, file in load_lexicon().protective.items()
    }


def rules() -> Mapping[str, RuleDefinition]:
    """Every rule of the starter pack, by id."""
    return {
        rule.id: RuleDefinition(rule.id, rule.says, rule.level, rule.exploitation)
        for rule in load_lexicon().rules.rules
    }
