"""A store that fills an index, and children of this process that can be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from chyrak.errors import ChyrakError
from chyrak.records import Contact, Engine, Kind, Level, Reading, Sighting, Span, Stance
from chyrak.settings import IndexSettings, load_settings
from runtime.context import Context
from runtime.stages import sync
from store import postings, readings

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
PHONE = "+996 555 000 101"
_NOBODY = 65534

# Children are made from a process that has the modules loaded already: a round costs milliseconds.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["runtime.stages.sync", "runtime.reindexing", "indexer.engines.tantivy_engine"])


def town_at(home: Path, index_url: str = "") -> Context:
    """A context on `home` with that index; empty is a folder in the home."""
    return Context(load_settings(home, index=IndexSettings(url=index_url)))


def see(town: Context, text: str, *, hours: int = 0, url: str = "https://board.example/1") -> str:
    """A page showed this advert."""
    sighting = Sighting("board", url, Kind.ADVERT, "Повар", text, NOW + timedelta(hours=hours))
    with town.store.main.begin() as c:
        return postings.keep(c, sighting).posting_id


def read(town: Context, key: str, level: int = 2) -> None:
    """What a reader found: the phone, when the text shows it."""
    with town.store.main.read() as c:
        posting = postings.get(c, key)
    assert posting
    at = posting.body.find(PHONE)
    shown = (Contact("phone", "+996555000101", "+996 *** 01", Span(at, at + len(PHONE), PHONE)),) if at >= 0 else ()
    engine = Engine("r", "m")
    reading = Reading(
        key, posting.rev, engine, ("ru",), Stance.OFFER, (), (), None, (), shown, (), 0.5, Level(level), ()
    )
    with town.store.main.begin() as c:
        readings.record(c, reading, town.vault, NOW)


def drain(town: Context, limit: int = 100) -> None:
    """Syncs until nothing is due."""
    while sync.drain(town, limit):
        pass


def child(work: Callable[..., Any], *given: Any) -> BaseProcess:
    """A running child that does `work`."""
    process = _PROCESSES.Process(target=work, args=given)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """Ends a child without a word, as a power cut does."""
    if process.pid:
        os.kill(process.pid, signal.SIGKILL)
    process.join()


def keep_syncing(home: Path, index_url: str) -> None:
    """Child: syncs in small batches until it is killed."""
    town = town_at(home, index_url)
    while True:
        sync.drain(town, 5)


def told(work: Callable[[], object], file: Path) -> None:
    """Writes down what `work` raised."""
    try:
        work()
        file.write_text("nothing was wrong")
    except ChyrakError as fault:
        file.write_text(f"{type(fault).__name__}: {fault}"[:1000])
    except BaseException as fault:
        file.write_text(f"unexplained {fault!r}"[:1000])


def apply_on_a_full_disk(url: str, documents: Sequence[Any], file: Path) -> None:
    """Child: no file may grow beyond a few KB."""
    from indexer import open_engine

    engine = open_engine(url)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    told(lambda: engine.apply(documents), file)


def apply_as_nobody(url: str, documents: Sequence[Any], file: Path) -> None:
    """Child: a user who may read the index but not write it."""
    from indexer import open_engine
    from indexer.engines.choose import engine

    engine("tantivy")  # loaded as the user who may read the programs
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)

    told(lambda: open_engine(url).apply(documents), file)
