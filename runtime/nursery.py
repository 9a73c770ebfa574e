"""Crawls born ready: one process imports Scrapy and the spiders once, and every run is forked from it.

Each run has a process of its own, which isolates the parser's memory and crashes and can be killed on time; but its
imports would cost ten times as much as the run itself. The nursery ends with the process that asked for it; when a
run's nursery or that process dies, even by kill -9, the run ends too.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from runtime import leash

_LOOK_SECONDS = 1.0
_TRIES = 20
_TRY_AGAIN_SECONDS = 0.1

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["crawlers.preloaded", "runtime.nursery"])


def start(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> BaseProcess:
    """A process, leader of its own group, that runs `scrapy` with these arguments; what it says goes to `log`.

    The first call waits until the nursery has imported everything, a second or two. Call it from one thread only.
    Raises OSError or EOFError when no process can be had.
    """
    for left in reversed(range(_TRIES)):
        process = _context.Process(target=_crawl, args=(list(arguments), dict(environment), str(log)))
        try:
            process.start()
        except (OSError, EOFError):
            if not left:
                raise
            time.sleep(_TRY_AGAIN_SECONDS)  # a nursery that was just killed is not seen as gone at once
        else:
            return process
    raise AssertionError("unreachable")


def _crawl(arguments: list[str], environment: dict[str, str], log: str) -> None:
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    silence = os.open(os.devnull, os.O_RDWR)
    for number, file in enumerate((silence, silence, output)):
        os.dup2(file, number)
    os.environ.update(environment)
    leash.hold(_parents_gone)
    from scrapy import cmdline

    cmdline.execute(arguments)


def _parents_gone() -> None:
    """Returns when the process that asked for this one, or the nursery, is no more."""
    asked, nursery = multiprocessing.parent_process(), os.getppid()
    while asked is not None and os.getppid() == nursery and not wait([asked.sentinel], _LOOK_SECONDS):
        pass
