"""All packs read, joined, compiled and tried on their own examples."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from chyrak.errors import AskOperator
from chyrak.text import Folded, fold
from nlp.lexicon.conditions import Condition, Rules, RulesFile, compile_condition
from nlp.lexicon.findings import Findings
from nlp.lexicon.matcher import Matcher, Row
from nlp.lexicon.negation import Negation
from nlp.lexicon.pack import (
    FLUENT,
    STARTER,
    ClassesFile,
    CueFile,
    IndicatorFile,
    NegationFile,
    ProtectiveFile,
    StanceFile,
    Upgrade,
    load_each,
    load_folder,
)

STANCE_WEIGHTS = {"strong": 2.0, "weak": 0.8}


@dataclass(frozen=True)
class Lexicon:
    """Everything the packs say, ready to use. `version` changes with any byte of any pack file."""

    matcher: Matcher
    negation: Negation
    indicators: Mapping[str, IndicatorFile]
    protective: Mapping[str, ProtectiveFile]
    rules: Rules
    upgrades: Mapping[str, tuple[tuple[Condition, Upgrade], ...]]
    version: str

    def find(self, folded: Folded) -> Findings:
        """Everything the packs know that stands in `folded`."""
        return Findings(self.matcher, self.negation, folded)


def load_lexicon(packs: Sequence[Path] = ()) -> Lexicon:
    """The starter pack with `packs` on top; cached per list of folders.

    Raises AskOperator naming file, line and column for anything that does not load or fails its own examples.
    """
    for folder in packs:
        if not folder.is_dir():
            raise AskOperator(f"{folder}: no such lexicon pack. Mend `reading.packs`, or make the folder.")
    return _load((STARTER, *packs))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: a hundred thousand new nodes are looked at again and again for nothing."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@lru_cache(maxsize=4)
@_uncollected()
def _load(folders: tuple[Path, ...]) -> Lexicon:
    indicators = load_folder(folders, "indicators", IndicatorFile)
    protective = load_folder(folders, "protective", ProtectiveFile)
    negation = load_each(folders, "negation.yaml", NegationFile)
    rows: list[Row] = []
    for cues in (indicators, protective):
        for files in cues.values():
            for cue in files:
                rows.extend(_rows(cue))
    for stances in load_each(folders, "stance.yaml", StanceFile):
        rows.extend(_stance_rows(stances))
    classes: dict[str, dict[str, tuple[str, ...]]] = {}
    for file in load_each(folders, "classes.yaml", ClassesFile):
        for name, members in file.classes.items():
            for language, patterns in members.items():
                classes.setdefault(name, {})[language] = (*classes.get(name, {}).get(language, ()), *patterns)
    for denials in negation:
        classes.update(Negation.classes(denials))
    try:
        matcher = Matcher(rows, classes)
    except KeyError as fault:
        raise AskOperator(f"{folders[-1]}: no word class {fault}. Known: {', '.join(sorted(classes))}.") from fault
    rules = Rules.of(load_each(folders, "rules.yaml", RulesFile), set(indicators) | set(protective))
    merged = {name: files[-1] if files[-1].how != "add" else files[0] for name, files in indicators.items()}
    lexicon = Lexicon(
        matcher,
        Negation(matcher, negation[-1]),
        merged,
        {name: files[-1] if files[-1].how != "add" else files[0] for name, files in protective.items()},
        rules,
        {
            name: tuple((compile_condition(up.when, rules.names, name), up) for up in file.upgrades)
            for name, file in merged.items()
        },
        _version(folders),
    )
    for cue_files in (*indicators.values(), *protective.values()):
        for sign in cue_files:
            _try_examples(sign, lexicon)
    return lexicon


def _rows(cue: CueFile) -> Iterator[Row]:
    for language, rows in cue.patterns.items():
        reviewed = language in FLUENT or bool(cue.reviewed.get(language))
        for row in rows:
            for pattern in row.match:
                yield Row(cue.id, "present", language, pattern, row.confidence, reviewed)
    senses = {"unless": cue.unless}
    if isinstance(cue, IndicatorFile):
        senses |= {"denied": cue.denied, "seller": cue.seller, "buyer": cue.buyer, "supports": cue.supports}
        senses["food"] = cue.food
    for sense, languages in senses.items():
        for language, patterns in languages.items():
            for pattern in patterns:
                yield Row(cue.id, sense, language, pattern)


def _stance_rows(file: StanceFile) -> Iterator[Row]:
    for stance, strengths in file.cues.items():
        for strength, languages in strengths.items():
            for language, patterns in languages.items():
                for pattern in patterns:
                    yield Row(stance, "stance", language, pattern, weight=STANCE_WEIGHTS[strength])
    for language, patterns in file.help_line.items():
        for pattern in patterns:
            yield Row("WARN", "help_line", language, pattern)


def _try_examples(cue: CueFile, lexicon: Lexicon) -> None:
    for wanted, examples in ((True, cue.must_match), (False, cue.must_not_match)):
        for example in examples:
            found = lexicon.find(fold(example)).evidence(cue.id, "present")
            if any(not evidence.denied for evidence in found) != wanted:
                what = "nothing matches" if wanted else "a pattern matches"
                raise AskOperator(f"{cue.id}.yaml: {what} the example {example!r}. Mend a pattern or the example.")


def _version(folders: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
