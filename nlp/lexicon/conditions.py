"""The conditions of `rules.yaml`: names, `and`, `or`, `not` and brackets, nothing else; read once, then asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pydantic import BaseModel, ConfigDict, Field

from chyrak.errors import AskOperator

Condition = Callable[[frozenset[str]], bool]
COMPUTED = frozenset(
    {
        "M01",
        "M02",
        "M09",
        "P01_verified",
        "class_a",
        "class_a_twice",
        "model_certain",
        "model_denies",
        "model_doubts",
        "model_sure",
        "only_c",
        "only_protective",
    }
)
"""Names that are worked out and stand in no file."""
_PIECE = re.compile(r"\s*(?:(?P<bracket>[()])|(?P<name>[A-Za-z_][A-Za-z0-9_]*))")


class RuleModel(BaseModel):
    """One rule as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    when: str
    level: int | None = Field(default=None, ge=0, le=4)
    lift: int = Field(default=0, ge=0, le=2, alias="raise")
    cap: int | None = Field(default=None, ge=0, le=4)
    lower: int = Field(default=0, ge=0, le=2)
    exploitation: tuple[str, ...] = ()
    says: Mapping[str, str]


class RulesFile(BaseModel):
    """`rules.yaml`: caps per dimension, bands of points per level, named facts, rules in order."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    caps: Mapping[str, float] = {}
    bands: Mapping[str, float] = {}
    scored: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}
    rules: tuple[RuleModel, ...]


@dataclass(frozen=True)
class Rule:
    """A rule with its condition compiled."""

    id: str
    when: Condition
    level: int | None
    lift: int
    cap: int | None
    lower: int
    exploitation: tuple[str, ...]
    says: Mapping[str, str]


@dataclass(frozen=True)
class Rules:
    """All rules of all packs; a later pack's rule with the same id takes the place of the earlier."""

    caps: Mapping[str, float]
    bands: tuple[float, ...]
    scored: frozenset[str]
    facts: Mapping[str, str]
    rules: tuple[Rule, ...]
    names: frozenset[str]

    @classmethod
    def of(cls, files: Sequence[RulesFile], ids: Iterable[str]) -> Rules:
        """Raises AskOperator naming the rule and the place in its condition."""
        caps: dict[str, float] = {}
        bands: dict[str, float] = {}
        facts: dict[str, str] = {}
        rules: dict[str, Rule] = {}
        scored: frozenset[str] = frozenset()
        for file in files:
            caps |= file.caps
            bands |= file.bands
            facts |= file.facts
            scored = frozenset(file.scored) or scored
        names = frozenset(ids) | COMPUTED | frozenset(facts)
        for file in files:
            for rule in file.rules:
                rules[rule.id] = Rule(
                    rule.id,
                    compile_condition(rule.when, names, rule.id),
                    rule.level,
                    rule.lift,
                    rule.cap,
                    rule.lower,
                    rule.exploitation,
                    rule.says,
                )
        order = tuple(bands[name] for name in ("watch", "elevated", "high", "urgent"))
        return cls(caps, order, scored, facts, tuple(rules.values()), names)


def compile_condition(text: str, names: frozenset[str], rule: str = "condition") -> Condition:
    """A function from the set of true names to whether the condition holds.

    Raises AskOperator naming the rule, the column and what is allowed.
    """
    pieces: list[tuple[str, int]] = []
    place = 0
    while place < len(text.rstrip()):
        found = _PIECE.match(text, place)
        if not found:
            raise AskOperator(
                f"rules.yaml: {rule}: column {place + 1}: {text[place:].strip()[:1]!r} is not understood."
            )
        pieces.append((found[1] or found[2], found.end()))
        place = found.end()
    parser = _Parser(pieces, names, rule)
    condition = parser.any_of()
    if parser.place < len(pieces):
        raise parser.fault(f"{pieces[parser.place][0]!r} is not expected here")
    return condition


def _either(one: Condition, other: Condition) -> Condition:
    return lambda true: one(true) or other(true)


def _both(one: Condition, other: Condition) -> Condition:
    return lambda true: one(true) and other(true)


class _Parser:
    def __init__(self, pieces: list[tuple[str, int]], names: frozenset[str], rule: str) -> None:
        self.pieces, self.names, self.rule, self.place = pieces, names, rule, 0

    def fault(self, problem: str) -> AskOperator:
        column = self.pieces[min(self.place, len(self.pieces) - 1)][1] if self.pieces else 1
        return AskOperator(
            f"rules.yaml: {self.rule}: column {column}: {problem}. Allowed: and, or, not, brackets, an indicator "
            f"(I01), a protective cue (P01), a fact ({', '.join(sorted(n for n in self.names if n[1:2].islower()))})."
        )

    def peek(self) -> str:
        return self.pieces[self.place][0] if self.place < len(self.pieces) else ""

    def any_of(self) -> Condition:
        parts = [self.all_of()]
        while self.peek() == "or":
            self.place += 1
            parts.append(self.all_of())
        return reduce(_either, parts)

    def all_of(self) -> Condition:
        parts = [self.one()]
        while self.peek() == "and":
            self.place += 1
            parts.append(self.one())
        return reduce(_both, parts)

    def one(self) -> Condition:
        word = self.peek()
        if word == "not":
            self.place += 1
            inner = self.one()
            return lambda true: not inner(true)
        if word == "(":
            self.place += 1
            inner = self.any_of()
            if self.peek() != ")":
                raise self.fault("a bracket is not closed")
            self.place += 1
            return inner
        if word in self.names:
            self.place += 1
            return lambda true: word in true
        raise self.fault(f"{word!r} is not a known name" if word else "the condition ends too early")
