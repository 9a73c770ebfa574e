"""Many batches at once, and what is worked out beforehand so that pages are quick: the answers stay the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chyrak.errors import RetryLater
from chyrak.text import WORD, fold
from indexer import Applied, Document, SearchRequest, filling, highlight, open_engine, parse
from indexer.analysis import FORMS, Plain, beginners, forms, tokens
from indexer.engines.tantivy_engine import counting
from indexer.filling import fill, turns
from indexer.highlight import spans

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяңөүұқғәіҳҷўӣabcdefghijklmnopqrstuvwxyzşçžöüäəıýňñğßəạɛΩßſǆⅧ½²0123456789'’"
TEXTS = [
    "Паспортту бизге бересиз, ЁЛКИ счёт",
    "P A C Π 0 P T, паcпорт (латинское c)",
    "й из двух знаков, İstanbul, ﬁnn, ½ ставки",
    "O‘zbek qizlar, telegramга +996 700 000 001",
]
_texts = st.one_of(st.sampled_from(TEXTS), st.text(LETTERS + LETTERS.upper() + " .,-\u0306", max_size=60))


@settings(max_examples=400, deadline=None)
@given(folded=st.text(LETTERS, min_size=1, max_size=12).map(lambda word: fold(word).text))
@example("yeti")
@example("ertaga")
@example("cирк")
@example("їжак")
def test_no_word_is_missed_by_its_first_letter(folded: str) -> None:
    for word in WORD.findall(folded):
        for lexeme in FORMS[word][1]:
            likely = beginners([lexeme])
            assert likely is None or likely.fullmatch(word), f"{word} has {lexeme}"


@settings(max_examples=400, deadline=None)
@given(text=st.text("абe'йo1_ .", max_size=40))
def test_words_found_by_first_letter_are_whole_words(text: str) -> None:
    likely = beginners(["a.c", "y.c"])
    assert likely is not None
    whole = [word.span() for word in WORD.finditer(text)]
    assert [word.span() for word in likely.finditer(text)] == [s for s in whole if likely.fullmatch(text[s[0] : s[1]])]


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(_texts, st.text("аbş'’ʻ-,.!_1 \t\n\x1c\x85\xa0\u2003\u200b😅\u0306", max_size=40)))
def test_the_words_written_are_those_that_are_marked(text: str) -> None:
    marked = tokens(text)
    surfaces, lexemes, _ = forms(text)
    assert surfaces.split(" ") == ([token.surface for token in marked] or [""])
    assert lexemes.split(" ") == ([lexeme for token in marked for lexeme in token.lexemes] or [""])


@settings(max_examples=300, deadline=None)
@given(text=_texts)
def test_a_text_noted_as_plain_is_marked_as_if_it_were_folded(text: str) -> None:
    if forms(text)[2]:
        for word in WORD.findall(fold(text).text)[:5]:
            query = parse(f'"{word}"')
            highlight._view.cache_clear()
            slowly = spans(query, "", text)
            highlight._view.cache_clear()
            assert spans(query, "", Plain(text)) == slowly


@pytest.mark.parametrize(
    ("text", "plain"), [(TEXTS[0], True), ("we keep your passport", True), *((text, False) for text in TEXTS[1:])]
)
def test_only_a_text_that_folds_into_its_small_letters_is_noted_as_plain(text: str, plain: bool) -> None:
    assert forms(text)[2] is plain


def test_batches_are_written_in_their_order_and_read_in_another_thread(
    tmp_path: Path, made: Callable[..., Document]
) -> None:
    engine = open_engine(f"tantivy://{tmp_path / 'index'}")
    readers: set[int] = set()

    def batches() -> Iterator[list[Document]]:
        for version in (1, 2, 3):
            readers.add(threading.get_ident())
            yield [made(id=str(n), version=version, title=f"повар {version}") for n in range(5)]

    written = list(fill(engine.apply, batches()))
    assert [len(applied.ok) for applied in written] == [5, 5, 5]
    assert set(engine.version_of(map(str, range(5))).values()) == {3}
    assert threading.get_ident() not in readers
    engine.close()


def test_filling_stops_with_the_fault_of_whoever_reads_or_writes(made: Callable[..., Document]) -> None:
    def unreadable() -> Iterator[list[Document]]:
        yield [made(id="a")]
        raise OSError("the store is away")

    written: list[Any] = []

    def write(batch: Any) -> Applied:
        written.append(batch)
        return Applied()

    with pytest.raises(OSError, match="the store is away"):
        list(fill(write, unreadable()))
    assert len(written) == 1

    def refuse(batch: Any) -> Applied:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        list(fill(refuse, [[made(id="a")], [made(id="b")]]))


def test_another_writer_has_its_turn_during_a_long_filling(
    tmp_path: Path, made: Callable[..., Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_TURN_SECONDS", 0.0)
    monkeypatch.setattr(filling, "_PAUSE_SECONDS", 1.0)
    url = f"tantivy://{tmp_path / 'index'}"
    engine, other = open_engine(url), open_engine(url)
    refused = threading.Event()
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            try:
                other.apply([made(id="theirs")])
                done.set()
            except RetryLater:
                refused.set()

    writing = threading.Thread(target=write)
    with turns(engine) as next_turn:
        writing.start()
        assert refused.wait(20), "the writer is held"
        engine.apply([made(id="ours")])
        assert not done.is_set()
        next_turn()
        assert done.wait(20)
        engine.apply([made(id="ours too")])
    writing.join()
    engine.refresh()
    assert engine.version_of(["ours", "theirs", "ours too"]).keys() == {"ours", "theirs", "ours too"}
    engine.close()
    other.close()


def test_a_large_index_is_counted_in_other_threads_with_the_same_answers(
    tmp_path: Path, contract_documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(f"tantivy://{tmp_path / 'index'}")
    engine.apply(contract_documents)
    facets = ("lang", "place", "level", "source")
    requests = [
        SearchRequest(parse(text), filters=filters, facets=facets, histogram="month")
        for text in ("", "паспорт", "level:>=2", "-виза", "x" * 30)
        for filters in ({}, {"place": ("AE",)}, {"place": ("AE", "TR"), "lang": ("ru",)})
    ]
    plainly = [engine.search(request) for request in requests]
    monkeypatch.setattr(counting, "_MANY", 0)
    assert [engine.search(request) for request in requests] == plainly
    engine.close()
