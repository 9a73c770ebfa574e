"""The tantivy engine: glue between the folder, the writer and the searches."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import tantivy

from chyrak.errors import AskOperator
from indexer.documents import Document
from indexer.engines.base import Apply, Change
from indexer.engines.tantivy_engine import folder as folders
from indexer.engines.tantivy_engine import matching, searching, writing
from indexer.engines.tantivy_engine.faults import explained
from indexer.engines.tantivy_engine.schema import fingerprint
from indexer.query import Query
from indexer.requests import Applied, Info, Page, SearchRequest

SCHEMES = ("tantivy",)


def open_url(url: str) -> TantivyEngine:
    """The engine on the folder of `tantivy:///path/to/index`."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/") or path == "/" or parts.query:
        raise AskOperator(f"index.url {url!r}: write tantivy:// and the full path of a folder: tantivy:///var/chyrak.")
    if len(path) > 2 and path[2] == ":":  # tantivy:///C:/folder
        path = path[1:]
    return TantivyEngine(Path(path))


class TantivyEngine:
    """See `indexer.engines.base.Engine`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.RLock()  # held for moments only: a search must not wait for a writer
        self._writing = threading.RLock()
        self._writer: tantivy.IndexWriter | None = None
        self._generation = folders.current(folder)
        self._marker = folders.marker(folder)
        self._seen = self._meta()

    @contextmanager
    def writer(self) -> Iterator[None]:
        """See the protocol."""
        with self._writing:
            if self._writer is not None:
                yield
                return
            with explained(self._folder):
                self._follow()
                self._writer = writing.open_writer(self._generation.index)
            try:
                yield
            finally:
                writer, self._writer = self._writer, None
                with explained(self._folder):
                    writer.garbage_collect_files()
                    writer.wait_merging_threads()

    def apply(self, batch: Sequence[Change]) -> Applied:
        """See the protocol."""
        if not batch:
            return Applied()
        with self.writer(), explained(self._folder):
            assert self._writer is not None  # noqa: S101 - the context above has just opened it
            return writing.write(self._writer, self._generation.index, batch)

    def search(self, request: SearchRequest) -> Page:
        """See the protocol."""
        with explained(self._folder):
            return searching.search(self._searcher(), request)

    def match(self, documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
        """See the protocol."""
        with explained(self._folder):
            return matching.match(documents, queries)

    def count(self) -> int:
        """See the protocol."""
        with explained(self._folder):
            return int(self._searcher().num_docs)

    def version_of(self, ids: Iterable[str]) -> dict[str, int]:
        """See the protocol."""
        with explained(self._folder):
            return writing.versions(self._searcher(), ids)

    def refresh(self) -> None:
        """See the protocol."""
        with self._guard, explained(self._folder):
            self._follow()
            self._generation.index.reload()

    def clear(self) -> None:
        """See the protocol."""
        with self.writer(), explained(self._folder):
            assert self._writer is not None  # noqa: S101 - the context above has just opened it
            self._writer.delete_all_documents()
            self._writer.commit()
            self._generation.index.reload()

    @contextmanager
    def rebuild(self) -> Iterator[Apply]:
        """See the protocol."""
        with explained(self._folder):
            made = folders.fresh(self._folder)
            native = writing.open_writer(made.index)
        try:
            with explained(self._folder):
                yield lambda batch: writing.write(native, made.index, batch)
                native.wait_merging_threads()
                folders.replace(self._folder, folders.filled(made))
        except BaseException:
            shutil.rmtree(made.path, ignore_errors=True)
            raise
        self.refresh()

    def info(self) -> Info:
        """See the protocol."""
        count = self.count()
        return Info("tantivy", str(self._folder), fingerprint(), count, self._generation.rebuild)

    def close(self) -> None:
        """See the protocol; tantivy lets go of its files with the object."""
        with self._writing:
            self._writer = None

    def _searcher(self) -> tantivy.Searcher:
        with self._guard:
            self._follow()
            return self._generation.index.searcher()

    def _follow(self) -> None:
        """Sees what this or another process has written or put in place since the last call."""
        with self._guard:
            self._catch_up()

    def _catch_up(self) -> None:
        if self._writer is None and folders.marker(self._folder) != self._marker:
            self._generation = folders.current(self._folder)
            self._marker = folders.marker(self._folder)
            self._seen = (0, 0)
        now = self._meta()
        if now != self._seen:
            self._generation.index.reload()
            self._seen = now

    def _meta(self) -> tuple[int, int]:
        try:
            found = (self._generation.path / "meta.json").stat()
        except FileNotFoundError:
            return (0, 0)
        return found.st_mtime_ns, found.st_ino
