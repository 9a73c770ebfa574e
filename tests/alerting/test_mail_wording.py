"""The text files of the mails: a fault is named with its file before anybody gets a broken mail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alerts import wording
from alerts.wording import wordings
from chyrak.errors import AskOperator
from chyrak.taxonomy import LANGUAGES

SHIPPED = Path(wording.__file__).parent / "texts"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A copy of the shipped texts, free to be broken."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "texts"))


def change(texts: Path, language: str, old: str, new: str) -> None:
    file = texts / f"{language}.toml"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_eth_41_the_languages_of_the_pages_have_their_mails() -> None:
    assert set(LANGUAGES) <= set(wordings())


def test_a_new_language_is_a_new_file(texts: Path) -> None:
    shutil.copy(texts / "en.toml", texts / "kk.toml")
    change(texts, "kk", 'language = "en"', 'language = "kk"')
    assert "kk" in wordings(texts)


@pytest.mark.parametrize(
    ("language", "old", "new", "says"),
    [
        ("ru", "many = ", "lots = ", r"ru\.toml: .*\[subject\] lacks the plural forms many"),
        ("en", "greeting = ", "greting = ", r"en\.toml: words\.greeting: Field required"),
        ("ky", 'language = "ky"', 'language = "kk"', r"ky\.toml: says language = 'kk'.*kk\.toml"),
        ("ru", "[intro]", "[intro", r"ru\.toml: not valid TOML"),
        ("en", "{watches}", "{watch}", r"en\.toml: .*because_value has \{watch\} and needs \{watches\}"),
        ("en", "{n} new item", "new item", r"en\.toml: .*subject.one has no braces and needs \{n\}"),
        ("ru", "Нужно войти.", "Нужно {войти}.", r"ru\.toml: .*open_note has \{войти\} and needs no braces"),
        ("ky", "{within}", "бат", r"ky\.toml: .*steps\.urgent has \{lines\} and needs \{lines\}, \{within\}"),
    ],
)
def test_a_fault_in_a_text_file_is_named(texts: Path, language: str, old: str, new: str, says: str) -> None:
    change(texts, language, old, new)
    with pytest.raises(AskOperator, match=says):
        wordings(texts)
