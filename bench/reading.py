"""Adverts read per second on one core, beside TF-IDF and logistic regression alone in the same run.

`OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python bench/reading.py`. The corpus is nlp/data/seed (invented adverts);
nothing is asserted.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import nlp
from nlp import grouping
from nlp.training.seed import load_seed


def best_of(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of the quickest of `rounds` runs."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    began = time.perf_counter()
    pipe = nlp.load()
    loaded = time.perf_counter() - began
    texts = load_seed("train", "dev")
    postings = [nlp.text_posting(text.id, text.text, text.title) for text in texts]
    first = best_of(1, lambda: list(nlp.read(pipe, postings)))
    again = best_of(3, lambda: list(nlp.read(pipe, postings)))
    prints = best_of(1, lambda: [grouping.fingerprint(text.body) for text in texts])
    long_text = ("Паспорт сдаёте прорабу, билет отработаете. " * 2400)[:100_000]
    longest = best_of(1, lambda: list(nlp.read(pipe, [nlp.text_posting("long", long_text)])))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # before sklearn is imported

    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    bodies = [text.body for text in texts]
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = LogisticRegression().fit(vectors.fit_transform(bodies), [text.label for text in texts])
    alone = best_of(2, lambda: model.predict_proba(vectors.transform(bodies)))

    count, letters = len(texts), sum(len(body) for body in bodies) / len(texts)
    print(f"{count} adverts of {letters:.0f} characters on average, one core")
    print(f"load {loaded:.2f} s, {memory:.0f} MB")
    print(f"nlp.read, every word new: {count / first:,.0f} adverts/s")
    print(f"nlp.read, words known:    {count / again:,.0f} adverts/s")
    print(f"TF-IDF + LR alone:        {count / alone:,.0f} adverts/s (scikit-learn, char 2-5, one batch)")
    print(f"fingerprints:             {count / prints:,.0f} adverts/s")
    print(f"one text of 100,000 characters: {longest:.2f} s")


if __name__ == "__main__":
    main()
