"""Hop 3: adverts are read in bulk, and one that cannot be read does not take the others with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from nlp.draft import Draft
from nlp.lexicon import Lexicon
from runtime.context import Context, now
from runtime.stages.read import drain
from store import readings, worklist


def _keep_some(keep: Callable[..., str]) -> list[str]:
    texts = ("Требуются швеи, договор, 40 000", "Этот текст никто не прочтёт", "Нужен повар в Бишкек")
    return [keep(text, f"https://board.example/{number}") for number, text in enumerate(texts)]


def test_every_advert_of_a_batch_gets_its_reading(context: Context, keep: Callable[..., str]) -> None:
    ids = _keep_some(keep)
    assert drain(context, 10) == 3
    with context.store.main.read() as connection:
        assert readings.many(connection, ids).keys() == set(ids)


def test_one_that_cannot_be_read_waits_with_its_reason_and_the_others_are_kept(
    context: Context, keep: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nlp import reader

    ids = _keep_some(keep)
    assess = reader.assess

    def stumble(lexicon: Lexicon, draft: Draft) -> None:
        if "никто не прочтёт" in draft.body:
            raise ValueError("a fault of the reader")
        assess(lexicon, draft)

    monkeypatch.setattr(reader, "assess", stumble)
    assert drain(context, 10) == 3
    with context.store.main.read() as connection:
        assert readings.many(connection, ids).keys() == {ids[0], ids[2]}
    with context.store.main.begin() as connection:
        (waiting,) = worklist.claim(connection, "read", 10, now() + timedelta(days=1))
    assert waiting.key == ids[1]
