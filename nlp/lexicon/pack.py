"""The files of a lexicon pack as checked values. One indicator is one file; its examples are its tests.

A pack is a folder: `indicators/*.yaml`, `protective/*.yaml`, `classes.yaml`, `stance.yaml`, `negation.yaml`,
`rules.yaml`. A further pack (settings `reading.packs`) may hold any of them; a file for an id that is already
there must say `how: add` (its rows join) or `how: replace`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

from chyrak.datafiles import line_of, load_yaml
from chyrak.errors import AskOperator
from nlp.lexicon.pattern import PatternFault, parse

Language = Literal["ru", "ky", "kk", "uz", "tg", "tk", "en", "all"]
Dimension = Literal["PAY", "TARGET", "OPACITY", "LOGISTICS", "CONTROL", "PURPOSE"]
FLUENT = frozenset({"ru", "en", "all"})
"""Languages whose rows were written by fluent speakers; rows of the others wait for a native reader."""
STARTER = Path(str(files("nlp").joinpath("packs/starter")))


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PatternRow(_Model):
    """Patterns of one origin: H idiomatic and common, M correct but unchecked in use, L plausible."""

    confidence: Literal["H", "M", "L"]
    origin: str = Field(alias="from")
    match: tuple[str, ...]


class Names(_Model):
    """Display names; ky is by a non-native."""

    en: str
    ru: str
    ky: str


class CueFile(_Model):
    """What indicators and protective cues share."""

    id: str
    how: Literal["", "add", "replace"] = ""
    names: Names
    definition: str
    patterns: Mapping[Language, tuple[PatternRow, ...]] = {}
    unless: Mapping[Language, tuple[str, ...]] = {}
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    reviewed: Mapping[Language, str | None] = {}


class Upgrade(_Model):
    """A condition of `rules.yaml` under which an indicator counts as another class with another weight."""

    when: str
    cls: Literal["A", "B", "C"] = Field(alias="class")
    weight: float = Field(ge=0, le=10)


class IndicatorFile(CueFile):
    """One indicator I01-I40: domain notes 1.2."""

    dimension: Dimension
    cls: Literal["A", "B", "C"] = Field(alias="class")
    weight: float = Field(ge=0, le=10)
    basis: str
    speaks_to: tuple[str, ...]
    lawful: str
    denied: Mapping[Language, tuple[str, ...]] = {}
    seller: Mapping[Language, tuple[str, ...]] = {}
    buyer: Mapping[Language, tuple[str, ...]] = {}
    supports: Mapping[Language, tuple[str, ...]] = {}
    food: Mapping[Language, tuple[str, ...]] = {}
    upgrades: tuple[Upgrade, ...] = ()


class ProtectiveFile(CueFile):
    """One protective cue P01-P11: domain notes 1.3."""

    weight: float = Field(ge=-5, le=0)
    caveat: str


class ClassesFile(_Model):
    """Word classes: name to language to members. `{name}` in any pattern means a member in any language."""

    classes: Mapping[str, Mapping[Language, tuple[str, ...]]]


class StanceFile(_Model):
    """Cues of who is speaking: stance to strength to language to patterns.

    `help_line` finds a help line with its short number: who prints one, and no way to reach himself, warns.
    """

    cues: Mapping[
        Literal["OFFER", "SEEK", "WARN", "NEWS", "SERVICE", "DISCUSS", "OTHER"],
        Mapping[Literal["strong", "weak"], Mapping[Language, tuple[str, ...]]],
    ]
    help_line: Mapping[Language, tuple[str, ...]] = {}


class NegationLanguage(_Model):
    """Words that deny what stands after or before them, and verb endings that deny the verb itself."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    endings: str = ""


class NegationFile(_Model):
    """How each language denies. `within` is the reach in words."""

    within: int
    languages: Mapping[Language, NegationLanguage]


Cue = TypeVar("Cue", bound=CueFile)
File = TypeVar("File", bound=BaseModel)


def load_folder(folders: Iterable[Path], name: str, model: type[Cue]) -> dict[str, tuple[Cue, ...]]:
    """Every file of `name/` in all pack folders, by id; several when a later pack adds to an earlier one.

    Raises AskOperator for a file that does not load, a file name that is not its id, or an id that is there twice.
    """
    found: dict[str, tuple[Cue, ...]] = {}
    for folder in folders:
        for path in sorted((folder / name).glob("*.yaml")):
            cue = load_yaml(path, model)
            if cue.id != path.stem:
                raise AskOperator(f"{path}:1: the file is named {path.stem!r} but its id is {cue.id!r}. Rename one.")
            if cue.id in found and not cue.how:
                raise AskOperator(f"{path}:1: {cue.id} is already in another pack. Say `how: add` or `how: replace`.")
            check_patterns(path, cue)
            found[cue.id] = (*found[cue.id], cue) if cue.id in found and cue.how == "add" else (cue,)
    return found


def load_each(folders: Iterable[Path], name: str, model: type[File]) -> list[File]:
    """The file `name` of every pack folder that holds one, in order."""
    found = []
    for folder in folders:
        path = folder / name
        if path.is_file():
            value = load_yaml(path, model)
            check_patterns(path, value)
            found.append(value)
    return found


def check_patterns(path: Path, model: BaseModel) -> None:
    """Raises AskOperator naming file, line and column for the first pattern that cannot be read."""
    for where, pattern in _patterns(model):
        try:
            parse(pattern)
        except PatternFault as fault:
            root = yaml.compose(path.read_text(encoding="utf-8"))
            line = line_of(root, where) if root is not None else 1
            raise AskOperator(f"{path}:{line}: pattern {pattern!r}: {fault}") from fault


def _patterns(model: BaseModel) -> list[tuple[tuple[int | str, ...], str]]:
    found: list[tuple[tuple[int | str, ...], str]] = []
    if isinstance(model, CueFile):
        for language, rows in model.patterns.items():
            for number, row in enumerate(rows):
                found += [(("patterns", language, number, "match", n), p) for n, p in enumerate(row.match)]
        for key in ("unless", "denied", "seller", "buyer", "supports", "food"):
            for language, patterns in getattr(model, key, {}).items():
                found += [((key, language, n), p) for n, p in enumerate(patterns)]
    elif isinstance(model, ClassesFile):
        for name, members in model.classes.items():
            for language, patterns in members.items():
                found += [(("classes", name, language, n), p) for n, p in enumerate(patterns)]
    elif isinstance(model, StanceFile):
        for stance, strengths in model.cues.items():
            for strength, languages in strengths.items():
                for language, patterns in languages.items():
                    found += [(("cues", stance, strength, language, n), p) for n, p in enumerate(patterns)]
        for language, patterns in model.help_line.items():
            found += [(("help_line", language, n), p) for n, p in enumerate(patterns)]
    elif isinstance(model, NegationFile):
        for language, words in model.languages.items():
            found += [(("languages", language, "before", n), p) for n, p in enumerate(words.before)]
            found += [(("languages", language, "after", n), p) for n, p in enumerate(words.after)]
    return found
