"""Writes batches for ever and says after each what the index has acknowledged; the test kills it midway."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from indexer import Document, open_engine

_DAY = datetime(2026, 10, 1, tzinfo=UTC)


def _document(number: int, version: int) -> Document:
    return Document(
        id=f"d{number}",
        version=version,
        source="board-a",
        url="https://board.example",
        kind="advert",
        title=f"Паспорт {number}",
        text="виза " * 50 + f"издание{version}",
        languages=("ru",),
        stance="OFFER",
        level=2,
        score=0.5,
        exploitation=(),
        indicators=(),
        places=(),
        pay_usd_month=None,
        contacts=(),
        campaign=None,
        decision_state="open",
        published=_DAY,
        first_seen=_DAY,
        last_seen=_DAY,
        gone=False,
    )


def main() -> None:
    url, first = sys.argv[1], int(sys.argv[2])
    engine = open_engine(url)
    with engine.writer():
        for version in range(first, first + 10_000):
            # Each batch gives 20 known documents a new version and adds 20.
            batch = [_document(number, version) for number in range(version % 7 * 20, version % 7 * 20 + 20)]
            batch += [_document(1000 + version * 20 + number, version) for number in range(20)]
            applied = engine.apply(batch)
            print(version, len(applied.ok), flush=True)


if __name__ == "__main__":
    main()
