"""One reader for all reading tests, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from spacy.language import Language

import nlp
from chyrak.lasting import lasting
from chyrak.records import Reading
from nlp.reader import Reader
from nlp.training.seed import SeedText, read_file


@pytest.fixture(scope="session")
def pipe() -> Language:
    return nlp.load()


@pytest.fixture(scope="session")
def reader() -> Reader:
    return lasting(nlp.load_reader())


@pytest.fixture(scope="session")
def read_text(reader: Reader) -> Callable[[str], Reading]:
    return lambda text: next(nlp.read(reader, [nlp.text_posting("t", text)]))


@pytest.fixture(scope="session")
def states(read_text: Callable[[str], Reading]) -> Callable[[str], dict[str, str]]:
    return lambda text: {item.id: item.state.value for item in read_text(text).indicators}


@pytest.fixture(scope="session")
def labelled(reader: Reader) -> Callable[[str], list[tuple[SeedText, Reading]]]:
    """The texts of one file of tests/reading/data, each with its reading."""

    def read(name: str) -> list[tuple[SeedText, Reading]]:
        texts = read_file(Path(__file__).parent / "data" / name)
        return list(zip(texts, nlp.read(reader, [nlp.text_posting(t.id, t.text) for t in texts]), strict=True))

    return read
