"""What a process of ours opens once: settings, store, vault; engine and reader when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chyrak.home import prepare_home
from chyrak.settings import Settings, load_settings
from store import open_store
from store.keys import Keys, load_keys
from store.vault import Vault

if TYPE_CHECKING:
    from spacy.language import Language

    from crawlers.register import Register
    from indexer import Engine


class Context:
    """The opened parts; heavy ones are imported and opened on first use, so that `--help` costs nothing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home: Path = prepare_home(settings.home)
        self.store = open_store(settings)

    @cached_property
    def keys(self) -> Keys:
        """The deployment's keys."""
        return load_keys(self.home)

    @cached_property
    def vault(self) -> Vault:
        """The only way to a raw contact."""
        return Vault(self.keys)

    @cached_property
    def reader(self) -> Language:
        """The reading pipeline."""
        import nlp

        return nlp.load(self.settings.reading)

    @cached_property
    def engine(self) -> Engine:
        """The search engine."""
        import indexer

        return indexer.open_engine(self.settings.index_url)

    @cached_property
    def register(self) -> Register:
        """The sources as their files say now; a fault in a file raises AskOperator with file and line."""
        from crawlers.register import load_sources, source_folders

        return load_sources(source_folders(self.settings))

    def close(self) -> None:
        """Close what was opened."""
        if "engine" in self.__dict__:
            self.engine.close()
        self.store.close()


@contextmanager
def opened(home: Path | None = None) -> Iterator[Context]:
    """A context on the settings of `home`, closed at the end."""
    context = Context(load_settings(home))
    try:
        yield context
    finally:
        context.close()


def now() -> datetime:
    """The present moment in UTC: the one place runtime asks for it."""
    return datetime.now(UTC)
