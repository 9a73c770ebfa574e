"""Writes many batches, each read and analysed while the one before it is being written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from time import monotonic, sleep

from indexer.analysis_process import AnalysisProcess
from indexer.documents import Document
from indexer.engines.base import Apply, Change, Engine
from indexer.requests import Applied

_WORTH_A_PROCESS = 2000
"""Documents read before a second process is started, which takes as long as analysing some thousand of them."""


_TURN_SECONDS, _PAUSE_SECONDS = 5.0, 0.1


def fill(apply: Apply, batches: Iterable[Sequence[Change]]) -> Iterator[Applied]:
    """Applies every batch in order and gives what became of it; `batches` are taken from another thread.

    After the first thousands a process of its own analyses what is written next. What `batches` or `apply` raises
    comes out here.
    """
    with ExitStack() as last, ThreadPoolExecutor(1, "reading") as ahead:  # the thread ends before what it uses
        source = _analysed(iter(batches), last)
        coming = ahead.submit(next, source, None)
        while (batch := coming.result()) is not None:
            coming = ahead.submit(next, source, None)
            yield apply(batch)


@contextmanager
def turns(engine: Engine) -> Iterator[Callable[[], None]]:
    """Holds the right to write for the whole block, which spares an engine a start for each batch; the function given,
    called before each batch, gives it back for a moment now and then, since others write here too."""
    with ExitStack() as held:
        held.enter_context(engine.writer())
        since = monotonic()

        def go_on() -> None:
            nonlocal since
            if monotonic() - since > _TURN_SECONDS:
                held.close()
                sleep(_PAUSE_SECONDS)
                held.enter_context(engine.writer())
                since = monotonic()

        yield go_on


def _analysed(batches: Iterator[Sequence[Change]], last: ExitStack) -> Iterator[Sequence[Change]]:
    helper: AnalysisProcess | None = None
    read = 0
    for batch in batches:
        if helper is None and read >= _WORTH_A_PROCESS:
            helper = last.enter_context(closing(AnalysisProcess()))
        read += len(batch)
        if helper:
            helper.analyse([change for change in batch if isinstance(change, Document)])
        yield batch
