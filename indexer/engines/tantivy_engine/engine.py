"""The tantivy engine: glue between the folder, the writer and the searches."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
import tantivy

from chyrak.errors import AskOperator
from indexer.documents import Document
from indexer.engines.base import Apply, Change
from indexer.engines.rebuilding import rebuilt
from indexer.engines.tantivy_engine import folder as folders
from indexer.engines.tantivy_engine import matching, searching, writing
from indexer.engines.tantivy_engine.faults import explained
from indexer.engines.tantivy_engine.schema import fingerprint
from indexer.query import Query
from indexer.requests import Applied, Info, Page, SearchRequest

SCHEMES = ("tantivy",)

log = structlog.get_logger(__name__)


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
    """See `indexer.engines.base.Engine`. With `beside`, the one of the index beside the live one."""

    def __init__(self, folder: Path, *, beside: bool = False) -> None:
        self._folder = folder
        self._beside = beside
        self._guard = threading.RLock()  # held for moments only: a search must not wait for a writer
        self._writing = threading.RLock()
        self._writer: tantivy.IndexWriter | None = None
        self._marker = folders.marker(folder)  # before the generation, which may change at any time
        self._generation = self._current()
        self._seen = self._meta()

    def _current(self) -> folders.Generation:
        if not self._beside:
            return folders.current(self._folder)
        found = folders.beside(self._folder, folders.names(self._folder)[1])
        if found is None:
            raise AskOperator(f"{self._folder}: the index beside the live one is gone. Run `chyrak reindex` again.")
        return found

    @contextmanager
    def writer(self) -> Iterator[None]:
        """See the protocol."""
        with self._writing:
            if self._writer is not None:
                yield
                return
            with explained(self._folder):
                self._follow()
                self._writer = writing.open_writer(self._generation.index, patient=self._beside)
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
            applied = writing.write(self._writer, self._generation.index, batch)
            self._apply_beside(batch)
            return applied

    def _apply_beside(self, batch: Sequence[Change]) -> None:
        """Writes the batch to the other index too. Names are read now: the two may have changed places meanwhile.

        What is wrong with that one must not stop the live one: whoever would put it in place compares it with the
        store.
        """
        if self._beside:
            return
        others = {*folders.names(self._folder)} - {"", self._generation.path.name}
        for name in others:
            try:
                other = folders.beside(self._folder, name)
                if other is None:
                    raise AskOperator(f"{self._folder / name} is damaged or of another version")
                with explained(other.path):
                    writer = writing.open_writer(other.index, patient=True)
                    writing.write(writer, other.index, batch)
                    writer.wait_merging_threads()
            except AskOperator as fault:
                log.warning("the index beside the live one could not be written", fault=str(fault))

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

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """See the protocol."""
        with explained(self._folder):
            return writing.documents(self._searcher(), ids)

    def walk(self) -> Iterator[tuple[str, int]]:
        """See the protocol."""
        with explained(self._folder):
            yield from writing.walk(self._searcher())

    def begin_beside(self) -> None:
        """See the protocol."""
        with explained(self._folder):
            folders.begin_beside(self._folder)

    def beside(self) -> TantivyEngine | None:
        """See the protocol."""
        return TantivyEngine(self._folder, beside=True) if folders.names(self._folder)[1] else None

    def swap(self) -> None:
        """See the protocol."""
        with explained(self._folder):
            folders.swap(self._folder)
        self.refresh()

    def drop_beside(self) -> None:
        """See the protocol."""
        with explained(self._folder):
            folders.drop_beside(self._folder)

    def filled(self) -> None:
        """See the protocol."""
        with self._guard, explained(self._folder):
            self._generation = folders.filled(self._generation)

    def rebuild(self) -> AbstractContextManager[Apply]:
        """See the protocol."""
        return rebuilt(self)

    def lacks(self) -> str:
        """See the protocol."""
        with explained(self._folder):
            self._follow()
        return self._generation.rebuild

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
            self._marker = folders.marker(self._folder)
            self._generation = self._current()
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
