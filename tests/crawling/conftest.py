"""Fixtures of the crawling tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from crawl_examples import Crawls


@pytest.fixture(scope="session")
def crawls_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Crawls]]:
    """Makes a `Crawls` in a folder of its own; every site is stopped at the end."""
    made: list[Crawls] = []

    def make(name: str) -> Crawls:
        crawls = Crawls(tmp_path_factory.mktemp(name) / "home")
        made.append(crawls)
        return crawls

    yield make
    for crawls in made:
        crawls.close()
