"""What is marked in a text is what the engine found, for every kind of query."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import Document, Engine, SearchRequest, parse
from indexer.highlight import spans, within

pytestmark = pytest.mark.timeout(600)  # the first test of each server waits for its start

TITLE = "Кыздарга жумуш Дубайда"
TEXT = "Паспортту бизге бересиз, ПАСПОРТУҢУЗ бизде калат. O‘zbek қизлар ҳам kerak — девушек берём."


def _marked(query: str, **options: bool) -> list[str]:
    body = f"{TITLE}\n{TEXT}"
    return [body[start:end] for start, end in spans(parse(query), TITLE, TEXT, **options)]


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("паспорт", ["Паспортту", "ПАСПОРТУҢУЗ"]),
        ("жумуш паспорт", ["жумуш", "Паспортту", "ПАСПОРТУҢУЗ"]),
        ("dubai", ["Дубайда"]),
        ("ўзбек", ["O‘zbek"]),
        ("qizlar", ["қизлар"]),
        ("девушка", ["девушек"]),
        ('"паспортту бизге"', ["Паспортту бизге"]),
        ('"паспортту бересиз"~1', ["Паспортту бизге бересиз"]),
        ('"жумуш паспортту"~3', []),
        ("бер*", ["бересиз", "берём"]),
        ("керак~", ["kerak"]),
        ("калатт~1", ["калат"]),
        ("паспорт -жумуш", ["Паспортту", "ПАСПОРТУҢУЗ"]),
        ("NOT паспорт", []),
        ("level:>=2 lang:ky", []),
        ("*", []),
        ('"бизге бересиз" OR "паспортту бизге"', ["Паспортту бизге бересиз"]),
    ],
)
def test_the_words_found_are_marked_on_the_original_text(query: str, marked: list[str]) -> None:
    assert _marked(query) == marked


def test_the_other_script_is_not_marked_when_it_is_not_searched() -> None:
    assert _marked("dubai", cross_script=False) == []
    assert _marked("kerak", cross_script=False) == ["kerak"]


_WORDS = ["паспорт", "паспорту", "виза", "визы", "нас", "у", "иш", "ишке", "o'zbek", "ўзбек", "pasport", "кыз", "счёт"]
_words = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=7).map(" ".join)
_asked = st.one_of(
    st.sampled_from(_WORDS),
    st.builds(lambda words, slop: f'"{words}"~{slop}', _words.filter(lambda w: len(w.split()) < 4), st.integers(0, 3)),
    st.sampled_from(["пас*", "виз*", "o'z*", "паспорд~", "визу~", "счот~1", "пасопрт~1", "аспорт~1", "паспортик~2"]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.tuples(_words, _words), min_size=1, max_size=12), asked=st.lists(_asked, min_size=8, max_size=12)
)
def test_a_text_is_marked_exactly_when_the_engine_finds_it(
    engine: Engine, made: Callable[..., Document], texts: list[tuple[str, str]], asked: list[str]
) -> None:
    tag = uuid.uuid4().hex
    documents = [made(id=f"{tag}{n}", source=tag, title=title, text=text) for n, (title, text) in enumerate(texts)]
    assert len(engine.apply(documents).ok) == len(documents)
    for query in asked:
        request = SearchRequest(parse(query), filters={"source": (tag,)}, limit=100)
        found = {hit.document.id for hit in engine.search(request).hits}
        for document in documents:
            marks = spans(parse(query), document.title, document.text)
            assert bool(marks) == (document.id in found), f"{query} in {document.title} | {document.text}"


@pytest.mark.parametrize(
    ("first", "second", "edits", "near"),
    [
        ("abc", "abc", 0, True),
        ("abc", "abd", 1, True),
        ("abc", "ab", 1, True),
        ("abc", "abcd", 1, True),
        ("abcd", "abdc", 1, True),
        ("abcd", "badc", 1, False),
        ("abcd", "badc", 2, True),
        ("abcdef", "abc", 2, False),
        ("", "ab", 2, True),
        ("kitten", "sitting", 2, False),
    ],
)
def test_edits_are_counted_with_a_swap_as_one(first: str, second: str, edits: int, near: bool) -> None:
    assert within(first, second, edits) is near
    assert within(second, first, edits) is near
