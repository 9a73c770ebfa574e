"""Which indicators and protective cues a text holds, each present, denied or not stated, with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from chyrak.records import Indicator, Pay, Place, Protective, Span, State
from nlp.components.corridors import needs_permit
from nlp.components.pay_reference import ratio_to_reference, role_of
from nlp.components.places import HOME, countries, is_foreign, work_countries
from nlp.draft import Draft
from nlp.lexicon import Evidence, Findings, Lexicon
from nlp.lexicon.pack import FLUENT

_HOME_OF = {"ky": "KG", "kk": "KZ", "uz": "UZ", "tg": "TJ", "tk": "TM"}
_MOST_SPANS = 5
_DISGUISE_SHARE = 0.15
_AGE_CAP = 30
_ABOVE, _UNREALISTIC = 1.5, 2.5
"""Times the ordinary pay for such work there (domain notes 1.2; the middle of the range is compared)."""


def find_indicators(lexicon: Lexicon, draft: Draft) -> None:
    """Fills the draft's indicators, protective cues and facts from its findings, pay and places."""
    findings = draft.findings
    if findings is None:
        raise ValueError("findings come before indicators")
    facts = set(_facts(lexicon, draft, findings))
    states: dict[str, tuple[State, tuple[Span, ...]]] = {}
    uncounted = set()
    found = findings.owners | ({"I01"} if "pay_unrealistic" in facts else set())
    for name in [name for name in lexicon.indicators if name in found]:
        state, evidence = _state(findings, name)
        if name == "I01":
            state, spans = _unrealistic_pay(state, evidence, findings, draft.pay, facts)
        else:
            spans = _spans(evidence)
        states[name] = (state, spans)
        if state is State.PRESENT and evidence and not any(_reviewed(e, draft) for e in evidence if not e.denied):
            uncounted.add(name)
    present = {name for name, (state, _) in states.items() if state is State.PRESENT}
    sold = findings.evidence("I35", "seller")
    if sold:
        facts.add("seller")
        present.discard("I35")
        states["I35"] = (State.PRESENT, _spans(sold))
    draft.protective = tuple(_protective(lexicon, findings))
    true = frozenset(present | facts | {cue.id for cue in draft.protective})
    draft.indicators = tuple(
        [
            Indicator(name, *states[name], _weight(lexicon, name, true) if name in present else 0.0)
            if name in states
            else _not_stated(name)
            for name in lexicon.indicators
        ]
    )
    classes = [_class(lexicon, name, true) for name in present]
    if present and set(classes) == {"C"}:
        facts.add("only_c")
    if "A" in classes:
        facts.add("class_a")
    if classes.count("A") > 1:
        facts.add("class_a_twice")
    draft.facts = frozenset(facts)
    draft.unreviewed = frozenset(uncounted)


def _reviewed(evidence: Evidence, draft: Draft) -> bool:
    """Rows of word classes hold words of every language: they count as reviewed in Russian and English texts."""
    return evidence.row.reviewed and (evidence.row.language != "all" or FLUENT.issuperset(draft.languages))


@lru_cache(maxsize=500)
def _not_stated(name: str) -> Indicator:
    return Indicator(name, State.NOT_STATED)


def _state(findings: Findings, name: str) -> tuple[State, list[Evidence]]:
    found = findings.evidence(name, "present")
    there = [evidence for evidence in found if not evidence.denied]
    if there:
        return State.PRESENT, there
    denied = [*found, *findings.evidence(name, "denied")]
    return (State.DENIED, denied) if denied else (State.NOT_STATED, [])


def _unrealistic_pay(
    state: State, evidence: list[Evidence], findings: Findings, pay: Pay | None, facts: Collection[str]
) -> tuple[State, tuple[Span, ...]]:
    """Words alone only support: the figure decides (domain notes 1.2)."""
    if pay is not None and "pay_unrealistic" in facts:
        return State.PRESENT, (pay.span, *_spans(evidence))
    if state is State.PRESENT and (pay is None or pay.usd_month is None):
        return state, _spans(evidence)
    return (State.DENIED, _spans(evidence)) if state is State.DENIED else (State.NOT_STATED, ())


def _spans(evidence: Iterable[Evidence]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for item in sorted(evidence, key=lambda e: (e.span.start, -e.span.end)):
        if not kept or item.span.start >= kept[-1].end:
            kept.append(item.span)
    return tuple(kept[:_MOST_SPANS])


def _protective(lexicon: Lexicon, findings: Findings) -> Iterable[Protective]:
    for name in lexicon.protective:
        if name not in findings.owners:
            continue
        found = [evidence for evidence in findings.evidence(name, "present") if not evidence.denied]
        if found:
            yield Protective(name, _spans(found))


def _weight(lexicon: Lexicon, name: str, true: frozenset[str]) -> float:
    weight = lexicon.indicators[name].weight
    for condition, upgrade in lexicon.upgrades[name]:
        if upgrade.weight > weight and condition(true):
            weight = upgrade.weight
    return weight


def _class(lexicon: Lexicon, name: str, true: frozenset[str]) -> str:
    cls: str = lexicon.indicators[name].cls
    for condition, upgrade in lexicon.upgrades[name]:
        if upgrade.cls < cls and condition(true):
            cls = upgrade.cls
    return cls


def _facts(lexicon: Lexicon, draft: Draft, findings: Findings) -> Iterable[str]:
    home = _home(draft.languages, draft.places)
    work = work_countries(draft.places, home)
    if any(is_foreign(country, home) for country in work):
        yield "abroad"
    if work and not work.isdisjoint(countries("sea")):
        yield "sea"
    if work and not work.isdisjoint(countries("gulf")):
        yield "gulf"
    if any(needs_permit(origin, country) for country in work for origin in ([home] if home else HOME)):
        yield "permit_needed"
    matcher = lexicon.matcher
    women = findings.has_class(matcher.class_symbol("women"))
    men = findings.has_class(matcher.class_symbol("men_only"))
    if women and not men:
        yield "women"
    if men and not women:
        yield "men"
    if _upper_age(findings) <= _AGE_CAP:
        yield "age_cap"
    if draft.folded.disguise_share >= _DISGUISE_SHARE:
        yield "M09"
    yield from _pay_facts(draft, work, home)


def _pay_facts(draft: Draft, work: frozenset[str], home: str | None) -> Iterable[str]:
    ratio = ratio_to_reference(draft.pay, work or ([home] if home else HOME), role_of(draft.folded))
    if ratio is None:
        return
    if ratio > _ABOVE:
        yield "pay_above"
    if ratio > _UNREALISTIC:
        yield "pay_unrealistic"


def _upper_age(findings: Findings) -> int:
    """The highest upper age that the age-limit rows found, 99 where none is given."""
    ages = [99]
    for evidence in findings.evidence("I04", "present"):
        numbers = [int(word) for word in findings.tokens.words[evidence.first : evidence.last + 1] if word.isdigit()]
        if numbers and 14 <= numbers[-1] <= 70:
            ages.append(numbers[-1])
    return max(ages[1:], default=99)


def _home(languages: Collection[str], places: Collection[Place]) -> str | None:
    """The country the advert speaks to: by its only national language, or the one origin it names."""
    named = {place.country for place in places if place.role == "origin" and place.country in HOME}
    if len(named) == 1:
        return next(iter(named))
    spoken = {_HOME_OF[language[:2]] for language in languages if language[:2] in _HOME_OF}
    return next(iter(spoken)) if len(spoken) == 1 else None
