"""The truth in SQL: postings, readings, work list, vault, campaigns, matches, mails, decisions, people, audit chain.

SQLite by default, PostgreSQL by url, the same behaviour on both. Crawl state lives in a database of its own on SQLite,
which has one writer per file. Functions take a connection and give frozen dataclasses; who opens the transaction
decides what belongs together.
"""

from __future__ import annotations

from dataclasses import dataclass

from chyrak.home import prepare_home
from chyrak.settings import Settings
from store.database import Database
from store.migrate import migrate

__all__ = ["Database", "Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """Both databases, migrated and open."""

    main: Database
    crawl: Database

    def close(self) -> None:
        """Give back every connection."""
        self.main.close()
        self.crawl.close()


def open_store(settings: Settings) -> Store:
    """Prepare the home folder, bring both databases to the newest schema, and open them.

    Raises AskOperator when a database cannot be reached or was written by a newer Chyrak.
    """
    prepare_home(settings.home)
    migrate(settings.store_url, "main")
    migrate(settings.crawl_url, "crawl")
    return Store(Database(settings.store_url, careful=True), Database(settings.crawl_url, careful=False))
