"""Saved searches against a batch find what the search page finds, query by query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import Document, Query, SearchRequest, open_engine, parse
from indexer.engines.tantivy_engine.matching import match
from indexer.query import And, Fuzzy, Is, Not, Or, Phrase, Prefix, Range, Word

WORDS = (
    *("паспорт", "паспортту", "pasport", "виза", "визасы", "ўзбек", "o'zbek", "қазақ", "kazak", "повар", "поваром"),
    *("домработница-няня", "иш", "ish", "work", "working", "1500", "+996", "a", "ё", "елка", "ёлка"),
)
PLACES = ("AE", "TR", "ДУБАЙ")
_texts = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
_words = st.sampled_from(WORDS)
_leaves = st.one_of(
    _words.map(Word),
    st.builds(Phrase, st.lists(_words, min_size=1, max_size=3).map(" ".join), st.integers(0, 3)),
    _words.map(lambda word: Prefix(word[:3])),
    st.builds(Fuzzy, st.sampled_from(("паспрот", "повра", "виза", "wrok")), st.integers(1, 2)),
    st.sampled_from(PLACES).map(lambda place: Is("place", place)),
    st.sampled_from(("ru", "uz", "xx")).map(lambda language: Is("lang", language)),
    st.builds(Range, st.just("level"), st.integers(0, 4), st.none() | st.integers(0, 4)),
    st.builds(
        Range,
        st.just("pay"),
        st.none() | st.sampled_from((500.0, 900.5)),
        st.just(1500.0),
        st.booleans(),
        st.booleans(),
    ),
)
_trees = st.recursive(
    _leaves,
    lambda inner: (
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Document], dict[str, Query]], Any]:
    """Asks every query of an index of the batch, one by one, as the search page does."""
    engine = open_engine(f"tantivy://{tmp_path_factory.mktemp('asked')}/index")

    def ask(documents: list[Document], queries: dict[str, Query]) -> set[tuple[str, str]]:
        engine.clear()
        engine.apply(documents)
        return {
            (key, hit.document.id)
            for key, query in queries.items()
            for hit in engine.search(SearchRequest(query, limit=1000)).hits
        }

    return ask


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(st.tuples(_texts, _texts, st.integers(0, 4), st.none() | st.integers(1, 4)), max_size=12),
    trees=st.lists(_trees, min_size=20, max_size=60),
)
def test_a_batch_meets_exactly_the_watches_whose_query_finds_it(asked, made, texts, trees):
    documents = [
        made(
            id=f"d{number}",
            title=title,
            text=text,
            level=level,
            pay=pay and pay * 500.0,
            languages=["ru"] if level % 2 else ["uz", "ru"],
            places=PLACES[: pay or 0],
        )
        for number, (title, text, level, pay) in enumerate(texts)
    ]
    queries = {f"q{number}": Query(tree) for number, tree in enumerate(trees)}
    assert match(documents, queries) == asked(documents, queries)


def test_the_newest_of_two_documents_with_one_id_is_matched(made):
    batch = [made(id="a", text="повар"), made(id="a", text="няня")]
    assert match(batch, {"cook": parse("повар"), "nanny": parse("няня")}) == {("nanny", "a")}


def test_nothing_is_met_by_no_documents_or_no_watches(made):
    assert match([], {"all": parse("")}) == set()
    assert match([made(id="a")], {}) == set()
    assert match([made(id="a")], {"all": parse("")}) == {("all", "a")}
