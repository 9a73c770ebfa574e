"""A process that analyses texts beside this one: analysis is Python, and two cores run it and the engine at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import structlog

from indexer.documents import Document
from indexer.written import analysed, remember

_SECONDS = 5.0
# Neither fork, which copies the locks of this process's threads, nor multiprocessing's spawn, which runs the script of
# whoever calls this a second time.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from indexer.analysis_process import work; work({pipe})"

log = structlog.get_logger(__name__)


class AnalysisProcess:
    """Analyses batches until it is closed. It ends with this process, however that ends: its pipe closes."""

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        program = _PROGRAM.format(path=sys.path, pipe=theirs.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
        )
        theirs.close()
        self._gone = False

    def analyse(self, documents: Sequence[Document]) -> None:
        """Remembers what is to be written of each document; what it fails to do is done when it is written."""
        if self._gone:
            return
        try:
            self._pipe.send([(document.title, document.text) for document in documents])
            for document, written in zip(documents, self._pipe.recv(), strict=True):
                remember(document, written)
        except (EOFError, OSError) as fault:
            self._gone = True
            log.warning("the process that analyses has ended; this one goes on alone, more slowly", fault=repr(fault))

    def close(self) -> None:
        """Ends the process."""
        self._pipe.close()
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def work(pipe: int) -> None:
    """What the process does: analyses the texts that come through the file descriptor `pipe` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal: the parent ends this one
    with suppress(EOFError, OSError), Connection(pipe) as asked:
        while True:
            asked.send([analysed(title, text) for title, text in asked.recv()])
