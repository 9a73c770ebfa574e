"""N-grams of letters and words: what the trained model sees of a text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chyrak.text import fold
from nlp.components.ngrams import Grams, grams, passages

SIZE = 2**20
KINDS_OF_LETTERS = 4

texts = st.lists(st.sampled_from(["работа", "паспорт", "үй", "pul", "3000", "$", ".", ",", "!", "ъ", "кыз-келин"]))


def _kinds(found: Grams, passage: int) -> list[set[int]]:
    bounds = np.append(found.starts.ravel(), len(found.all))
    columns = found.starts.shape[1]
    places = [row * columns + passage for row in range(len(found.starts))]
    return [set(found.all[bounds[place] : bounds[place + 1]].tolist()) for place in places]


def test_letters_lie_in_the_first_half_of_the_buckets_and_words_in_the_second():
    found = grams([fold("Нужны девушки в ресторан, паспорт у хозяина")], SIZE)
    for passage in range(len(found.places)):
        kinds = _kinds(found, passage)
        assert all(0 <= bucket < SIZE // 2 for kind in kinds[:KINDS_OF_LETTERS] for bucket in kind)
        assert all(SIZE // 2 <= bucket < SIZE for kind in kinds[KINDS_OF_LETTERS:] for bucket in kind)


def test_a_clause_has_its_words_its_pairs_and_its_pairs_with_one_between():
    words, pairs, apart = _kinds(grams([fold("паспорт остаётся у хозяина")], SIZE), 0)[KINDS_OF_LETTERS:]
    assert (len(words), len(pairs), len(apart)) == (4, 3, 2)
    assert not words & pairs
    assert not pairs & apart


def test_a_word_is_the_same_wherever_it_stands_and_a_pair_only_in_its_order():
    first = _kinds(grams([fold("паспорт хозяина")], SIZE), 0)[KINDS_OF_LETTERS:]
    turned = _kinds(grams([fold("хозяина паспорт")], SIZE), 0)[KINDS_OF_LETTERS:]
    assert first[0] == turned[0]
    assert first[1] != turned[1]


def test_no_pair_reaches_across_clauses():
    together = _kinds(grams([fold("работа на складе")], SIZE), 0)[KINDS_OF_LETTERS + 1]
    found = grams([fold("вечерняя работа, на складе сегодня")], SIZE)
    assert len(found.places) == 2
    apart = [_kinds(found, passage)[KINDS_OF_LETTERS + 1] for passage in range(2)]
    assert len(together & (apart[0] | apart[1])) == 1  # "на складе" alone


def test_russian_typed_in_latin_letters_has_the_same_words():
    cyrillic = _kinds(grams([fold("работа паспорт")], SIZE), 0)[KINDS_OF_LETTERS]
    assert _kinds(grams([fold("rabota pasport")], SIZE), 0)[KINDS_OF_LETTERS] == cyrillic


@given(st.lists(texts.map(" ".join), max_size=6))
def test_a_text_has_the_same_ngrams_alone_and_among_others(bodies: list[str]):
    views = [fold(body) for body in bodies]
    together = grams(views, SIZE)
    assert together.firsts[-1] == len(together.places)
    for number, view in enumerate(views):
        alone = grams([view], SIZE)
        assert alone.places == together.places[together.firsts[number] : together.firsts[number + 1]]
        for passage in range(len(alone.places)):
            there = together.of_passage(int(together.firsts[number]) + passage)
            assert there.tolist() == alone.of_passage(passage).tolist()


@given(texts.map(" ".join))
def test_every_word_of_a_clause_is_counted(body: str):
    view = fold(body)
    found = grams([view], SIZE)
    for passage, (sound, _, _) in enumerate(passages(view.lazy)):
        assert len(_kinds(found, passage)[KINDS_OF_LETTERS]) == len(set(sound.split()))
