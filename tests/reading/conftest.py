"""One pipeline for all reading tests, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.language import Language

import nlp
from chyrak.records import Reading


@pytest.fixture(scope="session")
def pipe() -> Language:
    return nlp.load()


@pytest.fixture(scope="session")
def read_text(pipe: Language) -> Callable[[str], Reading]:
    return lambda text: next(nlp.read(pipe, [nlp.text_posting("t", text)]))


@pytest.fixture(scope="session")
def states(read_text: Callable[[str], Reading]) -> Callable[[str], dict[str, str]]:
    return lambda text: {item.id: item.state.value for item in read_text(text).indicators}
