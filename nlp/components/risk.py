"""From indicators to a level and a score, with every step written down as a reason (domain notes 1.5).

Everything is in points: capped sums per dimension, protective cues, what rules and the model add. The level is the
band the sum falls in and the score its calibrated chance, so whoever has the reasons can work both out again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from chyrak.records import Exploitation, Level, Reason, State
from chyrak.taxonomy import stance_name
from nlp.draft import Draft, Passage
from nlp.lexicon import Lexicon
from nlp.lexicon.conditions import Rule, Rules

FLAG_FROM = 0.65
"""The model's chance at which, all else silent, level 2 begins: a judgement by the texts held against the reader, by
which recall has something to spare, look-alikes and campaigns little or nothing (docs/reading.md)."""
CERTAIN, SURE, DENIES = 0.8, 0.5, 0.1
"""From CERTAIN on the model alone may put before a reviewer a text without a sign but with something that speaks for
it (a judgement; a test holds what it costs). From SURE on the cap for weak signs alone does not hold. Below SURE a
rule lifts no further than the watch level, or, down to DENIES, than level 2 where two signs stand that are grave alone;
SURE and DENIES were chosen by cross-validation on train and dev: of what a rule had lifted from below, a lure in three
texts at most, from below DENIES none."""
_PER_LOG_ODDS = 1.2
_MODEL_FLOOR, _MODEL_CEILING = -2.0, 9.5
_MIDDLE, _STEEPNESS = 4.5, 1.0 / _PER_LOG_ODDS
"""Points at which level 2 begins, where the score is `FLAG_FROM`; a log odd of the model is `_PER_LOG_ODDS` points."""
_FLAG_ODDS = math.log(FLAG_FROM / (1.0 - FLAG_FROM))
_QUOTED = 60
_LINES = {
    "buys": "; a line that buys an organ is an offer to it, whatever else it finds",
    "food": "; a line about kidneys or livers to eat, or buds of a tree, is nothing to it",
    "no plot": "; a single line with a grave sign in it is an offer to it, though it reads like something else",
}
"""What the explanation adds where a single line settles who speaks (`Opinion.line`)."""
_TYPE_BY_RULE, _TYPE_BY_MODEL = 1.0, 24.0
"""What a rule that names a kind of exploitation, and the model's chance of it, weigh beside the indicators."""


def assess(lexicon: Lexicon, draft: Draft) -> None:
    """Fills the draft's exploitation types, score, level and reasons."""
    rules = lexicon.rules
    reasons: list[Reason] = []
    present = {item.id: item for item in draft.indicators if item.state is State.PRESENT}
    counted = present.keys() - draft.uncounted
    true = frozenset(counted | draft.facts | {cue.id for cue in draft.protective})
    if draft.protective and not present:
        true |= {"only_protective"}
    if draft.opinion and draft.opinion.wanted >= CERTAIN:
        true |= {"model_certain"}
    if draft.opinion and draft.opinion.wanted >= SURE:
        true |= {"model_sure"}
    if draft.opinion and draft.opinion.wanted < SURE:
        true |= {"model_doubts"}
    if draft.opinion and draft.opinion.wanted < DENIES:
        true |= {"model_denies"}
    reasons.extend(_dimensions(lexicon, draft, counted))
    reasons.extend(_protective(lexicon, draft))
    reasons.append(_model(draft, reasons))
    fired = [rule for rule in rules.rules if rule.when(true)]
    points = _apply(rules, fired, reasons, true)
    if draft.stance.value not in rules.scored:
        says = f"stance: {stance_name(draft.stance)}; only offers and services are scored"
        reasons.append(Reason("R20", -points if points > 0 else 0.0, says))
    draft.reasons = tuple(Reason(r.by, round(r.adds, 3), r.says) for r in reasons)
    draft.score, draft.level = recompute(draft.reasons, rules)
    draft.exploitation = _exploitation(lexicon, draft, fired, counted) if draft.level >= Level.WATCH else ()


def recompute(reasons: Iterable[Reason], rules: Rules) -> tuple[float, Level]:
    """Score and level from the reasons alone."""
    points = math.fsum(reason.adds for reason in reasons)
    odds = _STEEPNESS * (max(-40.0, min(40.0, points)) - _MIDDLE) + _FLAG_ODDS
    score = 1.0 / (1.0 + math.exp(-odds))
    return round(score, 4), _level(points, rules)


def _level(points: float, rules: Rules) -> Level:
    return Level(sum(points >= band - 1e-6 for band in rules.bands))


def _dimensions(lexicon: Lexicon, draft: Draft, counted: set[str]) -> list[Reason]:
    by_dimension: dict[str, list[tuple[str, float]]] = {}
    unreviewed: list[str] = []
    for item in draft.indicators:
        if item.state is not State.PRESENT:
            continue
        definition = lexicon.indicators[item.id]
        weight = item.weight if item.id in counted else 0.0
        by_dimension.setdefault(definition.dimension, []).append((item.id, weight))
        if item.id in draft.unreviewed:
            unreviewed.append(item.id)
    reasons = []
    for dimension, items in by_dimension.items():
        total = sum(weight for _, weight in items)
        cap = lexicon.rules.caps.get(dimension, total)
        listed = "; ".join(f"{name} {lexicon.indicators[name].names.en} ({weight:g})" for name, weight in items)
        limit = f"; limited to {cap:g}" if total > cap else ""
        reasons.append(Reason(dimension, min(cap, total), f"{listed}{limit}"))
    if unreviewed:
        rows = ", ".join(unreviewed)
        says = f"{rows}: found only by rows that no native reader has reviewed"
        counted_too = any(name in counted for name in unreviewed)
        reasons.append(Reason("unreviewed", 0.0, says + ("" if counted_too else "; not counted")))
    return reasons


def _protective(lexicon: Lexicon, draft: Draft) -> list[Reason]:
    reasons = []
    for cue in draft.protective:
        definition = lexicon.protective[cue.id]
        if definition.weight:
            reasons.append(Reason(cue.id, definition.weight, definition.names.en))
    return reasons


def _model(draft: Draft, so_far: Sequence[Reason]) -> Reason:
    """The model has weighed the same indicators and more: it moves the sum to where its own chance lies.

    What the model has never met, an indicator of another pack, keeps its points on top.
    """
    if draft.opinion is None:
        return Reason("model", 0.0, "no model was asked")
    chance = draft.opinion.wanted
    odds = math.log(max(chance, 1e-4) / max(1.0 - chance, 1e-4)) - _FLAG_ODDS
    place = max(_MODEL_FLOOR, min(_MODEL_CEILING, _MIDDLE + _PER_LOG_ODDS * odds))
    adds = place + draft.opinion.unmet - math.fsum(reason.adds for reason in so_far)
    like = [f"«{_quote(draft, p)}» reads like {p.indicator}" for p in draft.opinion.passages]
    again = draft.opinion.first
    looked = f" (before the encoder looked again: {again:.0%})" if again is not None else ""
    gives = f"the trained model, weighing all this, gives {chance:.0%} to a text like this one{looked}"
    gives += _LINES.get(draft.opinion.line, "")
    return Reason("model", adds, "; ".join([gives, *like]))


def _quote(draft: Draft, passage: Passage) -> str:
    start, end = draft.folded.span(passage.start, passage.end)
    return " ".join(draft.folded.original[start:end].split())[:_QUOTED]


def _apply(rules: Rules, fired: Sequence[Rule], reasons: list[Reason], true: frozenset[str]) -> float:
    """Adds a reason for every rule that changes the level; the points after all."""
    points = math.fsum(round(reason.adds, 3) for reason in reasons)

    def move(rule: Rule, to: float) -> None:
        nonlocal points
        adds = round(to - points, 3)
        reasons.append(Reason(rule.id, adds, rule.says["en"]))
        points += adds

    highest = 4
    if "model_doubts" in true:
        highest = 2 if "class_a_twice" in true and "model_denies" not in true else 1
    for rule in fired:
        if rule.level is not None:
            move(rule, max(points, _floor(rules, min(highest, rule.level))))
    for rule in fired:
        if rule.lift and _level(points, rules) >= 1:
            move(rule, max(points, _floor(rules, min(4, _level(points, rules) + rule.lift))))
    for rule in fired:
        if rule.lower and _level(points, rules) >= 1:
            move(rule, min(points, _ceiling(rules, _level(points, rules) - rule.lower)))
    for rule in fired:
        if rule.cap is not None:
            move(rule, min(points, _ceiling(rules, rule.cap)))
    if _level(points, rules) == Level.URGENT and not any(rule.level == Level.URGENT for rule in fired):
        ceiling = _ceiling(rules, 3)
        reasons.append(Reason("urgent", round(ceiling - points, 3), "urgent needs a rule of its own: child or organ"))
        points = ceiling
    return points


def _floor(rules: Rules, level: int) -> float:
    return 0.0 if level <= 0 else rules.bands[level - 1]


def _ceiling(rules: Rules, level: int) -> float:
    return rules.bands[level] - 0.01 if level < len(rules.bands) else math.inf


def _exploitation(lexicon: Lexicon, draft: Draft, fired: Sequence[Rule], counted: set[str]) -> tuple[Exploitation, ...]:
    """Kinds of exploitation the indicators speak to, the rules name and the model knows from such texts, in shares."""
    weights: dict[str, float] = {}

    def add(kind: str, weight: float) -> None:
        weights[kind] = weights.get(kind, 0.0) + weight

    for name in counted:
        definition = lexicon.indicators[name]
        for kind in definition.speaks_to:
            add(kind, definition.weight / len(definition.speaks_to))
    for rule in fired:
        for kind in rule.exploitation:
            add(kind, _TYPE_BY_RULE / len(rule.exploitation))
    for kind, chance in draft.opinion.types.items() if draft.opinion else ():
        add(kind, _TYPE_BY_MODEL * chance)
    total = sum(weights.values()) or 1.0
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Exploitation(kind, round(weight / total, 3)) for kind, weight in ranked[:5] if weight / total >= 0.08)
