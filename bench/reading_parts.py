"""How fast each part of reading is: `python bench/reading_parts.py` prints texts a second over the seed corpus.

Processor time, the best of several rounds, one text at a time as in production. Other load on the machine shows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from chyrak.scripts import coarse_view
from chyrak.text import Folded, fold, words
from nlp.components.contacts import find_contacts
from nlp.components.languages import find_languages
from nlp.components.pay import find_pay, role_of
from nlp.components.places import find_places
from nlp.training.seed import load_seed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    seed = load_seed()
    for name, chosen in (
        ("no disguise", [text for text in seed if text.slice != "obfuscated"]),
        ("disguised", [text for text in seed if text.slice == "obfuscated"]),
    ):
        bodies = [text.body for text in chosen]
        folded = [fold(body) for body in bodies]
        languages = [find_languages(view) for view in folded]
        places = [find_places(view) for view in folded]
        contacts = [find_contacts(view, codes) for view, codes in zip(folded, languages, strict=True)]
        print(f"\n{name}: {len(bodies)} texts, {sum(map(len, bodies)) / len(bodies):.0f} letters each")
        _show("fold", rounds, bodies, fold)
        _show("words", rounds, folded, lambda view: list(words(view)))
        _show("coarse view", rounds, folded, coarse_view)
        _show("languages", rounds, folded, find_languages)
        _show("places", rounds, [Folded(v.original, v.text, v.offsets) for v in folded], find_places)
        _show("contacts", rounds, list(zip(folded, languages, strict=True)), lambda row: find_contacts(*row))
        _show("pay", rounds, list(zip(folded, languages, places, contacts, strict=True)), lambda row: find_pay(*row))
        _show("role", rounds, folded, role_of)


def _show(name: str, rounds: int, items: list[Any], work: Callable[[Any], Any]) -> None:
    best = min(_seconds(items, work) for _ in range(rounds))
    print(f"  {name:12} {len(items) / best:9,.0f} texts/s   {best / len(items) * 1e6:7.0f} µs a text")


def _seconds(items: list[Any], work: Callable[[Any], Any]) -> float:
    start = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - start


if __name__ == "__main__":
    main()
