"""The words of the mails, one TOML file a language under `texts/`; a new language is a new file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Self

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from chyrak.errors import AskOperator

DEFAULT_LANGUAGE = "en"

_PLURALS = ("subject", "intro", "reposts", "within")
_BLANKS: Mapping[str, set[str]] = {
    "greeting": {"name"},
    "summary": {"levels"},
    "item": {"id"},
    "level_value": {"word", "number"},
    "read_by_value": {"date", "time", "zone"},
    "because_value": {"watches"},
    "help_line": {"country", "name", "phone", "date"},
}
"""What the digest fills in, by key of [words]."""

_FOLDER = Path(__file__).parent / "texts"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Table):
    """Single phrases; braces are filled in by the digest."""

    demo: str
    greeting: str
    greeting_nameless: str
    summary: str
    item: str
    level: str
    level_value: str
    read_by: str
    read_by_value: str
    read_now: str
    points_to: str
    points_to_nothing: str
    because: str
    because_value: str
    reposts_label: str
    reposts_single: str
    open: str
    open_note: str
    urgent_title: str
    help_title: str
    help_line: str
    help_none: str
    non_punishment: str
    counts: str
    meaning: str
    private: str
    change: str
    why: str


class Steps(_Table):
    """What to do on level 4 (ETH-32), in order."""

    urgent: tuple[str, ...]
    lines_below: str
    lines_own: str


class Wording(_Table):
    """All words of one language. `review` says who has read them: `unreviewed...` or `reviewed...`."""

    language: str
    review: str
    subject: Mapping[str, str]
    intro: Mapping[str, str]
    reposts: Mapping[str, str]
    within: Mapping[str, str]
    words: Words
    steps: Steps

    @model_validator(mode="after")
    def _can_be_filled_in(self) -> Self:
        for name in _PLURALS:
            forms: Mapping[str, str] = getattr(self, name)
            missing = {*Locale.parse(self.language).plural_form.tags, "other"} - set(forms)
            if missing:
                raise ValueError(f"[{name}] lacks the plural forms {', '.join(sorted(missing))} of {self.language!r}")
            for form, text in forms.items():
                _same_blanks(f"{name}.{form}", text, {"n"})
        for name in Words.model_fields:
            _same_blanks(f"words.{name}", getattr(self.words, name), _BLANKS.get(name, set()))
        _same_blanks("steps.urgent", " ".join(self.steps.urgent), {"within", "lines"})
        return self

    def count(self, forms: Mapping[str, str], n: int) -> str:
        """`n` things in the right plural form of this language."""
        return forms[Locale.parse(self.language).plural_form(n)].format(n=n)


def _same_blanks(key: str, text: str, needed: set[str]) -> None:
    found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if found != needed:
        had, want = (", ".join(f"{{{name}}}" for name in sorted(names)) or "no braces" for names in (found, needed))
        raise ValueError(f"{key} has {had} and needs {want}")


def wording(language: str) -> Wording:
    """The words of `language`, or English where there is no file for it: a digest is never held back by a language."""
    known = wordings()
    return known.get(language, known[DEFAULT_LANGUAGE])


@lru_cache(maxsize=4)
def wordings(folder: Path = _FOLDER) -> Mapping[str, Wording]:
    """Every language there is a file for. Raises AskOperator naming the file and the key at fault."""
    return {file.stem: _load(file) for file in sorted(folder.glob("*.toml"))}


def _load(file: Path) -> Wording:
    try:
        found = Wording.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise AskOperator(f"{file}: not valid TOML in UTF-8: {fault}. Mend that line.") from fault
    except UnknownLocaleError as fault:
        raise AskOperator(f"{file}: {fault}. Name the file by an ISO 639 code.") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(step) for step in first["loc"]) or "the file"
        raise AskOperator(f"{file}: {key}: {first['msg']}. Compare it with en.toml beside it.") from fault
    if found.language != file.stem:
        raise AskOperator(f"{file}: says language = {found.language!r}. Name the file {found.language}.toml.")
    return found
