"""Readings of labelled texts by models that have not seen them, nor another text of the same hand (`SeedText.hand`): an
honest view that costs no held-out part.

Only the model is learnt anew in each fold. Lexicon rows were written with train and dev in view, so what they find
there is still too good: figures of the test part stand beside these.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from chyrak.records import Reading
from chyrak.settings import ReadingSettings
from nlp.lines import text_posting
from nlp.reader import load_reader, read
from nlp.training.classifier import gather, hands_apart, train_on, write
from nlp.training.seed import SeedText

FOLDS = 5


def cross_read(texts: Sequence[SeedText], folds: int = FOLDS) -> list[Reading]:
    """One reading a text, in order, each by a model learnt from the other folds, which hold no hand in common."""
    corpus = gather(texts)
    found: dict[int, Reading] = {}
    with TemporaryDirectory() as folder:
        for number, (there, here) in enumerate(hands_apart(texts, folds, seed=11)):
            model = Path(folder) / f"{number}.npz"
            write(*train_on(corpus.only(there)), model)
            reader = load_reader(ReadingSettings(model=model))
            postings = [text_posting(texts[row].id, texts[row].text, texts[row].title) for row in here]
            found.update(zip((int(row) for row in here), read(reader, postings), strict=True))
    return [found[row] for row in range(len(texts))]
