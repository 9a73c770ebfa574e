"""The Elasticsearch engine: glue between the client, the indices and the searches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from chyrak.errors import AskOperator
from indexer.documents import Document
from indexer.engines.base import Apply, Change
from indexer.engines.elasticsearch_engine import indices, writing
from indexer.engines.elasticsearch_engine.address import SCHEMES, Address, read_address
from indexer.engines.elasticsearch_engine.faults import explained
from indexer.engines.elasticsearch_engine.indices import Names
from indexer.engines.elasticsearch_engine.schema import fingerprint
from indexer.engines.elasticsearch_engine.searching import Searches
from indexer.engines.tantivy_engine import matching
from indexer.query import Query
from indexer.requests import Applied, Info, Page, SearchRequest

__all__ = ["SCHEMES", "ElasticsearchEngine", "open_url"]

_AT_ONCE = 1000


def open_url(url: str) -> ElasticsearchEngine:
    """The engine on the server that `url` names; see `address` for its form."""
    return ElasticsearchEngine(read_address(url))


class ElasticsearchEngine:
    """See `indexer.engines.base.Engine`. Any number of processes may write: the server keeps the newest version."""

    def __init__(self, address: Address) -> None:
        self._server = address.server
        self._names = Names(address.prefix)
        self._client = address.connect()
        try:
            with explained(self._server):
                indices.ensure(self._client, self._names)
                self._schema, self._rebuild = indices.state(self._client, self._names)
        except BaseException:
            self._client.close()
            raise

    @contextmanager
    def writer(self) -> Iterator[None]:
        """See the protocol; nothing to hold here."""
        yield

    def apply(self, batch: Sequence[Change]) -> Applied:
        """See the protocol."""
        if not batch:
            return Applied()
        self._usable()
        with explained(self._server):
            applied = writing.write(self._client, self._names.write, batch)
            self._client.indices.refresh(index=self._names.write)
            return applied

    def search(self, request: SearchRequest) -> Page:
        """See the protocol."""
        self._usable()
        with explained(self._server):
            return Searches(self._client, self._names.read).page(request)

    def match(self, documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
        """See the protocol. Done in this process: alerts do not stop while the server is away, and both engines
        find the same (the contract suite compares them)."""
        return matching.match(documents, queries)

    def count(self) -> int:
        """See the protocol."""
        with explained(self._server):
            return int(self._client.count(index=self._names.read).body["count"])

    def version_of(self, ids: Iterable[str]) -> dict[str, int]:
        """See the protocol."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, int] = {}
        with explained(self._server):
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                answer = self._client.mget(index=self._names.read, ids=part, source=False).body
                found.update({d["_id"]: int(d["_version"]) for d in answer["docs"] if d.get("found")})
        return found

    def refresh(self) -> None:
        """See the protocol. `apply` has refreshed the index itself, so that this needs no right to do it."""
        with explained(self._server):
            self._schema, self._rebuild = indices.state(self._client, self._names)

    def clear(self) -> None:
        """See the protocol; a new index takes the old one's place."""
        with explained(self._server):
            made = indices.make(self._client, self._names, self._rebuild)
            self._put_in_place(made)

    @contextmanager
    def rebuild(self) -> Iterator[Apply]:
        """See the protocol."""
        with explained(self._server):
            made = indices.make(self._client, self._names, "", filling=True)
            try:
                yield lambda batch: writing.write(self._client, made, batch)
                self._client.indices.refresh(index=made)
                indices.filled(self._client, made)
                self._put_in_place(made)
            except BaseException:
                self._client.options(ignore_status=404).indices.delete(index=made)
                raise

    def info(self) -> Info:
        """See the protocol."""
        with explained(self._server):
            self._schema, self._rebuild = indices.state(self._client, self._names)
            node = next(iter(self._client.nodes.info(node_id="_local").body["nodes"].values()))
        return Info(f"elasticsearch {node['version']}", self._server, self._schema, self.count(), self._rebuild)

    def close(self) -> None:
        """See the protocol."""
        self._client.close()

    def _put_in_place(self, made: str) -> None:
        for old in indices.swap(self._client, self._names, made):
            self._client.indices.delete(index=old)
        self._schema, self._rebuild = indices.state(self._client, self._names)

    def _usable(self) -> None:
        """Refuses an index of another shape: hits would be missing and nobody would know."""
        if self._schema != fingerprint():
            self.refresh()
        if self._schema != fingerprint():
            raise AskOperator(
                f"{self._server}: {self._names.read}: {self._rebuild}. Run `chyrak reindex`; "
                "until then it is neither searched nor written."
            )
