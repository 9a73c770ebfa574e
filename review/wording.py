"""The words of the pages, one TOML file a language under `texts/`; a new language is a new file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from chyrak.errors import AskOperator

LANGUAGES = ("en", "ru", "ky")
_FOLDER = Path(__file__).parent / "texts"
_FORMS = frozenset(("zero", "one", "two", "few", "many", "other"))

Phrase = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """Every phrase of one language by its dotted key. `review` says which native reader has signed them."""

    language: str
    review: str
    phrases: Mapping[str, Phrase]

    def say(self, key: str, **values: object) -> str:
        """The phrase, its braces filled in. KeyError for a key no file has: a slip of ours."""
        phrase = self.phrases[key]
        if not isinstance(phrase, str):
            raise KeyError(f"{key} has plural forms: use count")
        return phrase.format(**values) if values else phrase

    def count(self, key: str, n: int, **values: object) -> str:
        """The phrase for `n` things, in the right plural form."""
        forms = self.phrases[key]
        if isinstance(forms, str):
            raise KeyError(f"{key} has no plural forms: use say")
        form = str(Locale.parse(self.language).plural_form(n))
        return forms.get(form, forms["other"]).format(n=n, **values)

    def has(self, key: str) -> bool:
        """Whether there is such a phrase."""
        return key in self.phrases


def texts(language: str) -> Texts:
    """The phrases of `language`, or English for one without a file."""
    known = all_texts()
    return known.get(language, known["en"])


@lru_cache(maxsize=1)
def all_texts(folder: Path = _FOLDER) -> Mapping[str, Texts]:
    """Every language of the pages.

    Raises AskOperator naming file and key when a file cannot be read or lacks or invents a phrase.
    """
    found = {language: _load(folder / f"{language}.toml", language) for language in LANGUAGES}
    wanted = set(found["en"].phrases)
    for language, one in found.items():
        missing, extra = sorted(wanted - set(one.phrases)), sorted(set(one.phrases) - wanted)
        if missing or extra:
            what = f"lacks {missing[0]!r}" if missing else f"has {extra[0]!r}, which en.toml lacks"
            raise AskOperator(f"{folder / f'{language}.toml'}: {what}. Give both files the same keys.")
    return found


def _load(file: Path, language: str) -> Texts:
    try:
        whole = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as fault:
        raise AskOperator(f"{file}: cannot be read as TOML: {fault}. Mend or restore the file.") from fault
    review = str(whole.pop("review", ""))
    if not review.startswith(("reviewed", "unreviewed")):
        raise AskOperator(f"{file}: review must begin with 'reviewed' or 'unreviewed'. Say which native has read it.")
    return Texts(language, review, dict(_flat(whole, "")))


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Phrase]]:
    found: list[tuple[str, Phrase]] = []
    for name, value in table.items():
        if isinstance(value, Mapping) and not (set(value) <= _FORMS and "other" in value):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", value if isinstance(value, str) else dict(value)))
    return found
