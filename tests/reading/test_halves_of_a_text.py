"""Each half of a text is weighed by itself: whoever warns quotes a lure first and turns then, or the reverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nlp
from chyrak.records import Reading
from chyrak.text import fold
from nlp.components.classifier import CLAUSES, Classifier, halves, load_classifier
from nlp.components.ngrams import grams
from nlp.draft import Draft
from nlp.reader import Reader, load_reader
from nlp.training.classifier import _opinions, gather
from nlp.training.seed import load_seed

LURE = "Девушки в Дубай танцевать. Билет и жильё за наш счёт. Паспорт сдаёте администратору"
TURN = "Так звали мою дочь. Не верьте таким словам. Позвоните на горячую линию"


@pytest.fixture(scope="module")
def model() -> Classifier:
    return load_classifier()


def _drafts(texts: list[str]) -> list[Draft]:
    return load_reader(for_training=True).drafts([(text, nlp.text_posting("1", text).kind) for text in texts])


def _outcomes(model: Classifier, text: str) -> list[np.ndarray]:
    """What the first layer makes of the whole, of the first half and of the second half of a text."""
    values = np.zeros((1, len(model.second.rows) + 1), np.float32)
    model._opine(_drafts([text]), values)
    return [values[0, places] for places in model._text_places]


def _clauses(model: Classifier, text: str) -> float:
    """What the clauses of a text are worth on average."""
    values = np.zeros((1, len(model.second.rows) + 1), np.float32)
    model._opine(_drafts([text]), values)
    return float(values[0, model.second.rows[CLAUSES]])


def test_the_second_half_gets_the_odd_clause_and_a_single_clause_is_both() -> None:
    first, second = halves(np.array([0, 4, 9, 10]))
    assert first.tolist() == [[0, 2], [4, 6], [9, 10]]
    assert second.tolist() == [[2, 4], [6, 9], [9, 10]]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_halves_cover_every_clause_of_their_text_and_no_other(counts: list[int]) -> None:
    firsts = np.cumsum([0, *counts])
    for number, (first, second) in enumerate(zip(*halves(firsts), strict=True)):
        assert first[0] == firsts[number]
        assert second[1] == firsts[number + 1]
        assert first[1] == second[0] or counts[number] == 1
        if counts[number]:
            assert first[0] < first[1]
            assert second[0] < second[1]


def test_a_half_weighs_what_its_clauses_weigh_as_a_text_of_their_own(model: Classifier) -> None:
    _, start, end = _outcomes(model, f"{LURE}. {TURN}.")
    for half, text in ((start, LURE), (end, TURN)):
        _, alone, rest = _outcomes(model, f"{text}.")
        assert not np.allclose(alone, rest)  # three clauses: neither half is the whole
        found = grams([fold(f"{text}.")], len(model.table))
        sums = sum(model.table[found.of_passage(clause)].sum(axis=0) for clause in range(3))
        count = len(model.whole_scale)
        expected = sums[:count] * model.whole_scale / np.sqrt(sums[-1]) + model.whole_bias
        assert half == pytest.approx(expected, abs=1e-3)


def test_a_text_of_one_clause_is_both_its_halves(model: Classifier) -> None:
    _, start, end = _outcomes(model, "Требуются швеи в Бишкек на постоянную работу")
    assert start.tolist() == end.tolist()
    assert start.tolist() != model.whole_bias.tolist()


def test_what_is_learnt_from_is_what_is_read(model: Classifier) -> None:
    texts = [replace(text, title="") for text in load_seed("dev")[:12]]
    texts[5] = replace(texts[5], text="+996 555 000 100")  # without a clause
    corpus = gather(texts)
    weights = np.hstack((model.table[:, :-1] / np.maximum(model.idf, 1e-9)[:, None],))
    scale = np.concatenate((model.whole_scale, model.parts_scale))
    learnt = _opinions(corpus, model.idf, weights * scale, np.concatenate((model.whole_bias, model.parts_bias)))
    for row, text in enumerate(texts):
        whole, start, end = _outcomes(model, text.body)
        assert learnt[row, : 3 * len(whole)] == pytest.approx(np.hstack((whole, start, end)), abs=1e-3)
        assert learnt[row, -1] == pytest.approx(_clauses(model, text.body), abs=1e-3)


def test_every_clause_weighs_the_same_however_long_it_is(model: Classifier) -> None:
    short, long = "Паспорт сдаёте мне.", "Дружный коллектив приветливых людей ждёт вас каждый день в центре города."
    assert _clauses(model, short) > _clauses(model, long)
    assert _clauses(model, f"{short} {long}") == pytest.approx(
        (_clauses(model, short) + _clauses(model, long)) / 2, abs=1e-4
    )
    assert _clauses(model, "") == 0.0  # no clause at all


@pytest.mark.parametrize("line", ["Хорошего дня всем друзьям нашего канала.", "Пишите в личные сообщения."])
def test_a_lure_cannot_be_drowned_by_a_line_that_is_repeated(read_text: Callable[[str], Reading], line: str) -> None:
    lure = "Хостес в Стамбул, паспорт сдаёте администратору, долг отработаете. "
    once, often = read_text(lure + line), read_text(lure + f"{line} " * 20)
    assert once.flagged
    assert often.score >= once.score - 0.02


def test_a_text_reads_the_same_alone_and_among_others(reader: Reader) -> None:
    postings = [nlp.text_posting(text.id, text.text, title=text.title) for text in load_seed("dev")[:120]]
    together = list(nlp.read(reader, postings))
    assert together == [next(nlp.read(reader, [posting])) for posting in postings]
