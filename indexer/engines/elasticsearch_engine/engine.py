"""The Elasticsearch engine: glue between the client, the indices and the searches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import structlog

from chyrak.errors import AskOperator
from indexer.documents import Document
from indexer.engines.base import Apply, Change
from indexer.engines.elasticsearch_engine import indices, writing
from indexer.engines.elasticsearch_engine.address import SCHEMES, Address, read_address
from indexer.engines.elasticsearch_engine.faults import explained
from indexer.engines.elasticsearch_engine.indices import Names
from indexer.engines.elasticsearch_engine.schema import fingerprint, from_hit
from indexer.engines.elasticsearch_engine.searching import Searches
from indexer.engines.rebuilding import rebuilt
from indexer.engines.tantivy_engine import matching
from indexer.query import Query
from indexer.requests import Applied, Info, Page, SearchRequest

__all__ = ["SCHEMES", "ElasticsearchEngine", "open_url"]

log = structlog.get_logger(__name__)

_AT_ONCE = 1000
_OLDEST = (8, 19)


def open_url(url: str) -> ElasticsearchEngine:
    """The engine on the server that `url` names; see `address` for its form."""
    return ElasticsearchEngine(read_address(url))


class ElasticsearchEngine:
    """See `indexer.engines.base.Engine`. Any number of processes may write: the server keeps the newest version."""

    def __init__(self, address: Address, *, beside: bool = False) -> None:
        self._address = address
        self._server = address.server
        self._names = Names(address.prefix)
        self._beside = beside
        self._unseen: list[set[str]] = []  # of each block that holds the writer, the indices written in it
        self._index = self._names.beside if beside else self._names.read
        self._client = address.connect()
        try:
            with explained(self._server):
                if not beside:
                    self._check_version()
                    indices.ensure(self._client, self._names)
                self._schema, self._rebuild = indices.state(self._client, self._index)
        except BaseException:
            self._client.close()
            raise

    @contextmanager
    def writer(self) -> Iterator[None]:
        """See the protocol. There is nothing to hold, but what is written meanwhile is shown once, at the end."""
        self._unseen.append(set())
        try:
            yield
        finally:
            with explained(self._server):
                self._show(self._unseen.pop())

    def _show(self, indices: set[str]) -> None:
        if indices and self._unseen:
            self._unseen[-1].update(indices)
        elif indices:
            self._client.options(ignore_status=404).indices.refresh(index=sorted(indices))

    def apply(self, batch: Sequence[Change]) -> Applied:
        """See the protocol."""
        if not batch:
            return Applied()
        self._usable()
        with explained(self._server):
            live, *others = self._written()
            applied = writing.write(self._client, live, batch)
            for other in others:
                self._apply_beside(other, batch)
            self._show({live})
            return applied

    def _apply_beside(self, other: str, batch: Sequence[Change]) -> None:
        """Writes the batch to the other index too. What is wrong with that one must not stop the live one: whoever
        would put it in place compares it with the store."""
        try:
            if indices.state(self._client, other)[0] == fingerprint():
                writing.write(self._client, other, batch)
        except AskOperator as fault:
            log.warning("the index beside the live one could not be written", index=other, fault=str(fault))

    def _written(self) -> list[str]:
        """This index and, when it is the live one, the one beside it."""
        if self._beside:
            return [self._index]
        found = indices.written(self._client, self._names)
        if not found:
            raise AskOperator(f"{self._server}: {self._index}: there is no index. Run `chyrak reindex`.")
        return found

    def search(self, request: SearchRequest) -> Page:
        """See the protocol."""
        self._usable()
        with explained(self._server):
            return Searches(self._client, self._index).page(request)

    def match(self, documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
        """See the protocol. Done in this process: alerts do not stop while the server is away, and both engines
        find the same (the contract suite compares them)."""
        return matching.match(documents, queries)

    def count(self) -> int:
        """See the protocol."""
        with explained(self._server):
            return int(self._client.count(index=self._index).body["count"])

    def version_of(self, ids: Iterable[str]) -> dict[str, int]:
        """See the protocol."""
        found: dict[str, int] = {}
        with explained(self._server):
            for part in _parts(ids):
                answer = self._client.mget(index=self._index, ids=part, source=False).body
                found.update({d["_id"]: int(d["_version"]) for d in answer["docs"] if d.get("found")})
        return found

    def refresh(self) -> None:
        """See the protocol. `apply` has refreshed the index itself, so that this needs no right to do it."""
        with explained(self._server):
            self._schema, self._rebuild = indices.state(self._client, self._index)

    def clear(self) -> None:
        """See the protocol; a new index takes the old one's place."""
        with explained(self._server):
            made = indices.make(self._client, self._names, self._rebuild)
            for old in indices.put_in_place(self._client, self._names, made):
                self._client.indices.delete(index=old)
        self.refresh()

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """See the protocol."""
        found: dict[str, Document] = {}
        with explained(self._server):
            for part in _parts(ids):
                answer = self._client.mget(index=self._index, ids=part, source=["payload"]).body
                found.update({d["_id"]: from_hit(d) for d in answer["docs"] if d.get("found")})
        return found

    def walk(self) -> Iterator[tuple[str, int]]:
        """See the protocol."""
        after = ""
        while True:
            with explained(self._server):
                answer = self._client.search(
                    index=self._index,
                    query={"range": {"id": {"gt": after}}},
                    sort=[{"id": "asc"}],
                    size=_AT_ONCE,
                    source=False,
                    version=True,
                    track_total_hits=False,
                ).body
            hits = answer["hits"]["hits"]
            yield from ((hit["_id"], int(hit["_version"])) for hit in hits)
            if len(hits) < _AT_ONCE:
                return
            after = hits[-1]["_id"]

    def begin_beside(self) -> None:
        """See the protocol."""
        with explained(self._server):
            indices.begin_beside(self._client, self._names)

    def beside(self) -> ElasticsearchEngine | None:
        """See the protocol."""
        with explained(self._server):
            if not indices.behind(self._client, self._names.beside):
                return None
            return ElasticsearchEngine(self._address, beside=True)

    def swap(self) -> None:
        """See the protocol."""
        with explained(self._server):
            if not indices.behind(self._client, self._names.beside):
                raise AskOperator(f"{self._server}: there is no index beside {self._names.read} to take its place.")
            if indices.state(self._client, self._names.beside)[0] != fingerprint():
                raise AskOperator(f"{self._server}: {self._names.beside} is of another version of Chyrak.")
            indices.swap(self._client, self._names)
        self.refresh()

    def drop_beside(self) -> None:
        """See the protocol."""
        with explained(self._server):
            indices.drop_beside(self._client, self._names)

    def filled(self) -> None:
        """See the protocol."""
        with explained(self._server):
            indices.filled(self._client, self._index)
        self.refresh()

    def rebuild(self) -> AbstractContextManager[Apply]:
        """See the protocol."""
        return rebuilt(self)

    def lacks(self) -> str:
        """See the protocol."""
        self.refresh()
        return self._rebuild

    def info(self) -> Info:
        """See the protocol."""
        with explained(self._server):
            self._schema, self._rebuild = indices.state(self._client, self._index)
            version = self._version()
        return Info(f"elasticsearch {version}", self._server, self._schema, self.count(), self._rebuild)

    def close(self) -> None:
        """See the protocol."""
        self._client.close()

    def _version(self) -> str:
        node = next(iter(self._client.nodes.info(node_id="_local").body["nodes"].values()))
        return str(node["version"])

    def _check_version(self) -> None:
        version = self._version()
        if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < _OLDEST:
            raise AskOperator(
                f"{self._server}: Elasticsearch {version} is too old: Chyrak works with 8.19 and 9. Update the server."
            )

    def _usable(self) -> None:
        """Refuses an index of another shape: hits would be missing and nobody would know."""
        if self._schema != fingerprint():
            self.refresh()
        if self._schema != fingerprint():
            raise AskOperator(
                f"{self._server}: {self._index}: {self._rebuild}. Run `chyrak reindex`; "
                "until then it is neither searched nor written."
            )


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]
