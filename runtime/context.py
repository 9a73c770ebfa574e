"""What a process of ours opens once: settings, store, vault; engine and reader when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chyrak.home import prepare_home
from chyrak.lasting import lasting
from chyrak.settings import Settings, load_settings
from store import open_store
from store.keys import Keys, load_keys
from store.vault import Vault

if TYPE_CHECKING:
    from crawlers.register import Register
    from indexer import Engine
    from nlp import Reader


class Context:
    """The opened parts; heavy ones are imported and opened on first use, so that `--help` costs nothing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home: Path = prepare_home(settings.home)
        self.store = open_store(settings)
        self._register: tuple[list[tuple[Path, int, int]], Register] | None = None

    @cached_property
    def keys(self) -> Keys:
        """The deployment's keys."""
        return load_keys(self.home)

    @cached_property
    def vault(self) -> Vault:
        """The only way to a raw contact."""
        return Vault(self.keys)

    @cached_property
    def reader(self) -> Reader:
        """The reader of adverts."""
        import nlp

        return lasting(nlp.load_reader(self.settings.reading))

    @cached_property
    def engine(self) -> Engine:
        """The search engine."""
        import indexer

        return indexer.open_engine(self.settings.index_url)

    @property
    def register(self) -> Register:
        """The sources as their files say now, read again when one of them changed.

        A fault in a file raises AskOperator with file and line.
        """
        from crawlers.register import load_sources, source_folders

        folders = source_folders(self.settings)
        stamp = [
            (path, path.stat().st_mtime_ns, path.stat().st_size)
            for folder in folders
            if folder.is_dir()
            for path in sorted(folder.glob("*.yaml"))
        ]
        if self._register is None or self._register[0] != stamp:
            self._register = (stamp, load_sources(folders))
        return self._register[1]

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
