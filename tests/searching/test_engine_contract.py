"""Every engine finds the same: the cases of contract.yaml, and its pages, facets, cursors and matches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chyrak.errors import AskOperator, WrongUsage
from indexer import Document, Engine, Query, QueryError, Removal, SearchRequest, Sort, parse
from indexer.engines.choose import names, schemes
from indexer.highlight import spans

pytestmark = pytest.mark.timeout(600)  # the first test of each server waits for its start

CASES = yaml.load((Path(__file__).parent / "contract.yaml").read_bytes(), Loader=yaml.CSafeLoader)["cases"]


def _cases() -> Iterator[Any]:
    for group, cases in CASES.items():
        for text, expected in cases:
            yield pytest.param(group, text, expected, id=f"{group}: {text}")


def _ids(engine: Engine, query: Query, **options: Any) -> set[str]:
    page = engine.search(SearchRequest(query, limit=100, **options))
    assert page.total == len(page.hits)
    return {hit.document.id for hit in page.hits}


@pytest.mark.parametrize(("group", "text", "expected"), list(_cases()))
def test_a_query_finds_exactly_the_expected_adverts(
    full_engine: Engine, contract_documents: list[Document], group: str, text: str, expected: list[str] | str
) -> None:
    if expected == "error":
        with pytest.raises(QueryError):
            parse(text)
        return
    query = parse(text)
    cross = group != "own_script"
    found = _ids(full_engine, query, cross_script=cross)
    assert found == set(expected)
    assert _ids(full_engine, query, cross_script=cross, sort=Sort.RELEVANCE) == found
    assert _ids(full_engine, parse(str(query)), cross_script=cross) == found
    if cross:
        matched = full_engine.match(contract_documents, {"watch": query})
        assert {document_id for _, document_id in matched} == found, "an alert would differ from the search page"
    if group in _WORDY and expected:
        for document in contract_documents:
            marked = spans(query, document.title, document.text, cross_script=cross)
            if document.id in found or " " not in text:
                assert bool(marked) == (document.id in found), f"{document.id}: {marked}"


_WORDY = (
    *("russian", "kyrgyz", "kazakh", "uzbek_latin", "uzbek_cyrillic", "tajik", "turkmen", "english"),
    *("transliterated", "phrases", "prefixes", "fuzzy"),
)


def test_every_engine_found_is_under_this_contract() -> None:
    assert set(names()) == {"tantivy", "elasticsearch"}, "a new engine needs a way to start in conftest.py"
    assert all(scheme.partition("+")[0] in names() for scheme in schemes())


def test_the_suite_covers_all_written_forms_with_enough_cases() -> None:
    assert {"russian", "kyrgyz", "kazakh", "uzbek_latin", "uzbek_cyrillic", "tajik", "turkmen", "english"} <= set(CASES)
    assert sum(len(cases) for cases in CASES.values()) >= 150


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_give_every_hit_once_and_in_order(full_engine: Engine, sort: Sort, limit: int) -> None:
    query = parse("паспорт OR level:>=1")
    whole = full_engine.search(SearchRequest(query, sort=sort, limit=100))
    paged: list[str] = []
    cursor = None
    while True:
        page = full_engine.search(SearchRequest(query, sort=sort, limit=limit, cursor=cursor))
        assert page.total == whole.total
        paged += [hit.document.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert paged == [hit.document.id for hit in whole.hits]
    assert len(paged) == len(set(paged)) == whole.total


def test_each_order_sorts_by_what_it_is_named_after(full_engine: Engine) -> None:
    def of(sort: Sort) -> list[Document]:
        return [hit.document for hit in full_engine.search(SearchRequest(parse("*"), sort=sort, limit=100)).hits]

    newest = [document.dated for document in of(Sort.NEWEST)]
    assert newest == sorted(newest, reverse=True)
    assert [document.dated for document in of(Sort.OLDEST)] == newest[::-1]
    levels = [(document.level, document.dated) for document in of(Sort.LEVEL)]
    assert levels == sorted(levels, reverse=True)
    scores = [(round(document.score, 3), document.dated) for document in of(Sort.SCORE)]
    assert scores == sorted(scores, reverse=True)


def test_a_word_in_the_title_ranks_above_the_same_word_in_the_text(
    engine: Engine, made: Callable[..., Document]
) -> None:
    engine.apply(
        [
            made(id="in-text", title="Хорошие условия труда", text="Сдать паспорт хозяину"),
            made(id="in-title", title="Сдать паспорт хозяину", text="Хорошие условия труда"),
        ]
    )
    page = engine.search(SearchRequest(parse("паспорт"), sort=Sort.RELEVANCE))
    assert [hit.document.id for hit in page.hits] == ["in-title", "in-text"]
    assert page.hits[0].score is not None
    assert page.hits[1].score is not None
    assert page.hits[0].score > page.hits[1].score


def test_facets_count_what_the_query_finds(full_engine: Engine) -> None:
    page = full_engine.search(SearchRequest(parse("паспорт"), facets=("lang", "level", "stance", "type", "gone")))
    counts = {name: {bucket.value: bucket.count for bucket in facet.buckets} for name, facet in page.facets.items()}
    assert counts["lang"] == {"ru": 3, "ky": 1, "kk": 1, "uz": 2, "tg": 1, "tk": 2, "en": 1}
    assert counts["level"] == {"3": 6, "4": 2, "0": 1, "1": 1, "2": 1}
    assert counts["stance"] == {"OFFER": 10, "WARN": 1}
    assert counts["gone"] == {"no": 10, "yes": 1}
    assert counts["type"]["SEX"] == 6
    assert counts["type"]["SEX.NIGHT"] == 4


def test_a_facet_ignores_its_own_filter_and_obeys_the_others(full_engine: Engine) -> None:
    request = SearchRequest(
        parse("паспорт"), filters={"lang": ("ru", "ky"), "level": ("3", "4")}, facets=("lang", "level", "place")
    )
    page = full_engine.search(request)
    assert {hit.document.id for hit in page.hits} == {"ru1", "ky1"}
    lang = {bucket.value: bucket.count for bucket in page.facets["lang"].buckets}
    assert lang == {"ru": 1, "ky": 1, "kk": 1, "uz": 2, "tg": 1, "tk": 1, "en": 1}  # level >= 3, any language
    level = {bucket.value: bucket.count for bucket in page.facets["level"].buckets}
    assert level == {"0": 1, "2": 1, "3": 1, "4": 1}  # ru or ky, any level
    assert {bucket.value: bucket.count for bucket in page.facets["place"].buckets} == {"AE": 2}


def test_a_facet_shows_the_most_frequent_values_and_sums_up_the_rest(full_engine: Engine) -> None:
    page = full_engine.search(SearchRequest(parse("*"), facets=("source",), facet_size=2))
    facet = page.facets["source"]
    assert [(bucket.value, bucket.count) for bucket in facet.buckets] == [("chan-2", 4), ("board-c", 3)]
    assert facet.other == 31 - 7


def test_the_histogram_counts_by_month_week_and_day(full_engine: Engine) -> None:
    def of(unit: Any) -> dict[str, int]:
        page = full_engine.search(SearchRequest(parse("*"), histogram=unit))
        assert [bucket.value for bucket in page.histogram] == sorted(bucket.value for bucket in page.histogram)
        return {bucket.value: bucket.count for bucket in page.histogram}

    assert of("month") == {"2026-08": 1, "2026-09": 1, "2026-10": 28, "2026-11": 1}
    assert of("day")["2026-10-12"] == 1
    assert of("week")["2026-W42"] == 7


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_collapsing_shows_one_advert_of_each_campaign_with_its_count(
    full_engine: Engine, sort: Sort, limit: int
) -> None:
    query = parse("level:>=2")
    plain = full_engine.search(SearchRequest(query, sort=sort, limit=100))
    expected: list[str] = []
    groups: dict[str, int] = {}
    for hit in plain.hits:
        group = hit.document.campaign or hit.document.id
        if group not in groups:
            expected.append(hit.document.id)
        groups[group] = groups.get(group, 0) + 1
    shown: list[str] = []
    cursor = None
    while True:
        page = full_engine.search(SearchRequest(query, sort=sort, limit=limit, cursor=cursor, collapse=True))
        assert page.total == plain.total
        for hit in page.hits:
            assert hit.siblings == groups[hit.document.campaign or hit.document.id]
        shown += [hit.document.id for hit in page.hits]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == expected
    assert groups["camp-1"] == 3


def test_a_hit_brings_back_the_document_as_it_was_given(
    full_engine: Engine, contract_documents: list[Document]
) -> None:
    given = {document.id: document for document in contract_documents}
    for hit in full_engine.search(SearchRequest(parse("*"), limit=100)).hits:
        assert hit.document == given[hit.document.id]


def test_many_watches_are_matched_with_many_documents_at_once(
    full_engine: Engine, contract_documents: list[Document]
) -> None:
    queries = {text: parse(text) for text in ("паспорт", "level:4", "lang:ky -level:0", '"нет такой фразы"')}
    expected = {(text, document_id) for text, query in queries.items() for document_id in _ids(full_engine, query)}
    assert full_engine.match(contract_documents, queries) == expected
    assert full_engine.match([], queries) == set()
    assert full_engine.match(contract_documents, {}) == set()


def test_an_older_version_is_stale_and_the_same_version_is_written_again(
    engine: Engine, made: Callable[..., Document]
) -> None:
    assert engine.apply([made(id="a", version=5, title="пятая")]).ok == ("a",)
    applied = engine.apply([made(id="a", version=4, title="четвёртая"), made(id="b", version=1, title="другая")])
    assert applied.stale == ("a",)
    assert applied.ok == ("b",)
    assert _ids(engine, parse("четвертая")) == set()
    assert engine.apply([made(id="a", version=5, title="пятая снова")]).ok == ("a",)
    assert _ids(engine, parse("снова")) == {"a"}
    assert engine.version_of(["a", "b", "c"]) == {"a": 5, "b": 1}
    assert engine.count() == 2


def test_the_newest_of_one_batch_wins_whatever_their_order(engine: Engine, made: Callable[..., Document]) -> None:
    batch = [made(id="a", version=version, title=f"слово{version}") for version in (2, 3, 1)]
    applied = engine.apply(batch)
    assert applied.ok == ("a",)
    assert applied.stale == ("a",)
    assert _ids(engine, parse("слово3")) == {"a"}
    assert engine.version_of(["a"]) == {"a": 3}


def test_a_removed_document_is_found_no_more(engine: Engine, made: Callable[..., Document]) -> None:

    engine.apply([made(id="a", version=2, title="паспорт"), made(id="b", version=1, title="паспорт")])
    assert engine.apply([Removal("a", 1)]).stale == ("a",)
    assert engine.apply([Removal("a", 3), Removal("never-there", 1)]).ok == ("a", "never-there")
    assert _ids(engine, parse("паспорт")) == {"b"}
    assert engine.count() == 1


def test_a_document_that_cannot_be_written_is_named_and_the_others_are_written(
    engine: Engine, made: Callable[..., Document]
) -> None:
    applied = engine.apply([made(id="good", title="паспорт"), made(id="bad", title="broken \ud800 text")])
    assert applied.ok == ("good",)
    assert [document_id for document_id, _ in applied.failed] == ["bad"]
    assert applied.failed[0][1]
    assert _ids(engine, parse("паспорт")) == {"good"}


def test_a_rebuild_takes_the_place_of_the_old_index_only_when_it_ends_well(
    engine: Engine, made: Callable[..., Document]
) -> None:
    engine.apply([made(id="old", title="паспорт")])

    def cut_short() -> None:
        with engine.rebuild() as apply:
            apply([made(id="half", title="паспорт")])
            assert _ids(engine, parse("паспорт")) == {"old"}
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_short()
    assert _ids(engine, parse("паспорт")) == {"old"}
    with engine.rebuild() as apply:
        apply([made(id="new", title="паспорт")])
    assert _ids(engine, parse("паспорт")) == {"new"}
    assert engine.info().rebuild == ""
    engine.apply([made(id="later", title="паспорт")])
    assert engine.count() == 2


def test_clearing_leaves_an_empty_index_that_can_be_filled(engine: Engine, made: Callable[..., Document]) -> None:
    engine.apply([made(id="a", title="паспорт")])
    engine.clear()
    assert engine.count() == 0
    engine.apply([made(id="b", title="паспорт")])
    assert _ids(engine, parse("паспорт")) == {"b"}


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(facets=("nothing",)),
        SearchRequest(filters={"text": ("x",)}),
        SearchRequest(limit=0),
        SearchRequest(limit=100_000),
        SearchRequest(cursor="not a cursor"),
        SearchRequest(cursor="WyJsZXZlbCIsMSwwLCIiLCIiXQ"),
    ],
)
def test_a_request_no_engine_can_answer_is_refused(full_engine: Engine, request_: SearchRequest) -> None:
    with pytest.raises(WrongUsage):
        full_engine.search(request_)


def test_what_is_applied_while_an_index_is_filled_beside_is_in_both(
    engine: Engine, made: Callable[..., Document]
) -> None:
    engine.apply([made(id="a", version=1, title="паспорт")])
    engine.begin_beside()
    beside = engine.beside()
    assert beside is not None
    engine.apply([made(id="b", version=4, title="паспорт"), made(id="c", version=2, title="паспорт")])
    beside.apply([made(id="a", version=1, title="паспорт"), made(id="b", version=3, title="старый паспорт")])
    engine.apply([Removal("c", 3)])
    beside.filled()
    assert beside.count() == 2
    assert beside.version_of("abc") == {"a": 1, "b": 4}, "what was read before a change does not undo it"
    assert beside.documents(["b"])["b"].title == "паспорт"
    beside.close()
    engine.swap()
    assert engine.lacks() == ""
    engine.apply([made(id="d", title="паспорт")])
    assert _ids(engine, parse("паспорт")) == {"a", "b", "d"}
    engine.swap()
    assert _ids(engine, parse("паспорт")) == {"a", "b", "d"}, "the one kept beside was written on"
    engine.drop_beside()
    assert engine.beside() is None
    assert engine.count() == 3
    with pytest.raises(AskOperator):
        engine.swap()


def test_an_index_that_was_not_filled_to_the_end_says_so(engine: Engine) -> None:
    engine.begin_beside()
    beside = engine.beside()
    assert beside is not None
    assert "not filled" in beside.lacks()
    beside.close()


def test_a_walk_gives_every_id_with_its_version_in_order(engine: Engine, made: Callable[..., Document]) -> None:
    assert list(engine.walk()) == []
    engine.apply([made(id=f"d{number}", version=number) for number in (3, 1, 2)])
    assert list(engine.walk()) == [("d1", 1), ("d2", 2), ("d3", 3)]
    assert engine.documents(["d1", "none"]).keys() == {"d1"}
