"""What every engine does. The contract suite in tests/searching runs against each one found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

from indexer.documents import Document, Removal
from indexer.query import Query
from indexer.requests import Applied, Info, Page, SearchRequest

Change: TypeAlias = Document | Removal
Apply: TypeAlias = Callable[[Sequence[Change]], Applied]


class Engine(Protocol):
    """A search index. It can be lost at any time: the store fills it anew.

    Any number of processes may read; one writes at a time. Every method raises RetryLater when the engine
    is busy or cannot be reached and AskOperator when a person must mend it.
    """

    def writer(self) -> AbstractContextManager[None]:
        """Holds the right to write, so that many `apply` calls share its cost. RetryLater when another has it.

        What is applied meanwhile is safe at once, and seen by searches at the end of the block at the latest.
        """
        ...

    def apply(self, batch: Sequence[Change]) -> Applied:
        """Writes the batch so that it outlives a crash and is seen by the next search, then returns.

        A version older than the indexed one is stale and ignored; the same version is written again.
        """
        ...

    def search(self, request: SearchRequest) -> Page:
        """One page of hits with total, facets and the next page's cursor."""
        ...

    def match(self, documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
        """The pairs (key of the query, id of the document) where the query finds the document.

        The documents need not be in the index; the compiled queries are those of `search`.
        """
        ...

    def count(self) -> int:
        """How many documents the index holds."""
        ...

    def version_of(self, ids: Iterable[str]) -> dict[str, int]:
        """The indexed version of each of `ids`; those the index lacks are left out."""
        ...

    def refresh(self) -> None:
        """Makes what other processes have written visible now."""
        ...

    def clear(self) -> None:
        """Takes every document out."""
        ...

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The indexed document of each of `ids`; those the index lacks are left out."""
        ...

    def walk(self) -> Iterator[tuple[str, int]]:
        """Every id with its version, in the order of the ids; as the index is now or becomes meanwhile."""
        ...

    def begin_beside(self) -> None:
        """Makes a new, empty index beside the live one, in place of any that is there. From now on, in every
        process, what is applied to the live one is applied to it too."""
        ...

    def beside(self) -> Engine | None:
        """The index beside the live one: being filled, or kept after a swap; None when there is none."""
        ...

    def swap(self) -> None:
        """The index beside becomes the live one and the live one stays beside, in one step; called again, it undoes
        that. Raises AskOperator when there is none beside or it is of another version of Chyrak."""
        ...

    def drop_beside(self) -> None:
        """Deletes the index beside the live one, if there is one."""
        ...

    def filled(self) -> None:
        """Notes that this index holds what the store holds."""
        ...

    def rebuild(self) -> AbstractContextManager[Apply]:
        """A new, empty index to be filled by the function given; it takes the old one's place when the block
        ends well and vanishes when it does not. Searches see the old one until then, which is deleted."""
        ...

    def lacks(self) -> str:
        """Why the index must be filled anew before it can be trusted, or an empty string; cheap to ask."""
        ...

    def info(self) -> Info:
        """What `doctor` shows."""
        ...

    def close(self) -> None:
        """Lets go of files and connections."""
        ...
