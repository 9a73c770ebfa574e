"""The index folder: generations of the index, the name of the current one, and what to do with a broken one.

    index/CURRENT      name of the generation that is searched and, on a second line, of the one beside it
    index/g-<time>/    one generation: tantivy's files and chyrak.json
    index/open.lock    held while a generation is made or changed for another

A generation is disposable: one that cannot be opened, or of another schema, is moved aside and an empty one
takes its place, marked as to be filled anew.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import tantivy

from chyrak.errors import AskOperator, RetryLater
from indexer.engines.tantivy_engine.faults import closed, is_closed, is_panic
from indexer.engines.tantivy_engine.schema import fingerprint, schema

_CURRENT = "CURRENT"
_NOTE = "chyrak.json"
_LOCK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Generation:
    """One opened generation. `rebuild` says why it has to be filled anew, or is empty."""

    index: tantivy.Index
    path: Path
    rebuild: str


def current(folder: Path) -> Generation:
    """The current generation, made when there is none, replaced when it is unusable."""
    try:
        name, _ = names(folder)
        opened = _opened(folder / name)[1] if name else None
        if opened is not None:  # the way of every start but the first, and open to whoever may only read
            return opened
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            name, other = names(folder)
            if not name:
                return _put_in_place(folder, fresh(folder, "the index is new and empty"), other)
            problem, opened = _opened(folder / name)
            if opened is not None:
                return opened
            aside = _move_aside(folder / name)
            return _put_in_place(folder, fresh(folder, f"{problem}; the old index lies in {aside.name}"), other)
    except OSError as fault:
        raise AskOperator(
            f"{folder}: the search index cannot be used: {fault.strerror or fault}. "
            "Check the folder's rights and the free space."
        ) from fault


def fresh(folder: Path, rebuild: str = "") -> Generation:
    """A new empty generation that nobody searches yet."""
    path = folder / f"g-{time.time_ns():x}"
    path.mkdir()
    index = tantivy.Index(schema(), str(path), reuse=False)
    _write(path / _NOTE, json.dumps({"schema": fingerprint(), "rebuild": rebuild}))
    return Generation(index, path, rebuild)


def begin_beside(folder: Path) -> None:
    """A new empty generation beside the current one; the one that was there is deleted."""
    with _locked(folder):
        name, before = names(folder)
        _point(folder, name, fresh(folder, "it was not filled to the end").path.name)
    _delete(folder, before)


def beside(folder: Path, name: str) -> Generation | None:
    """The generation of that name beside the current one; None when it cannot be written by this version."""
    return _opened(folder / name)[1] if name else None


def swap(folder: Path) -> None:
    """The generation beside and the current one change places."""
    with _locked(folder):
        name, other = names(folder)
        problem, opened = _opened(folder / other) if other else ("there is none", None)
        if opened is None:
            raise AskOperator(f"{folder}: no index beside the live one can take its place: {problem}.")
        _point(folder, other, name)


def drop_beside(folder: Path) -> None:
    """Deletes the generation beside the current one."""
    with _locked(folder):
        name, other = names(folder)
        if other:
            _point(folder, name, "")
    _delete(folder, other)


def filled(generation: Generation) -> Generation:
    """Notes that the generation holds what the store holds."""
    _write(generation.path / _NOTE, json.dumps({"schema": fingerprint(), "rebuild": ""}))
    return Generation(generation.index, generation.path, "")


def names(folder: Path) -> tuple[str, str]:
    """The names of the current generation and of the one beside it; empty where there is none."""
    try:
        lines = (folder / _CURRENT).read_text(encoding="utf-8").split()
    except (FileNotFoundError, UnicodeDecodeError):
        lines = []
    return (lines[0] if lines else "", lines[1] if len(lines) > 1 else "")


def marker(folder: Path) -> tuple[int, int]:
    """Changes whenever another generation becomes the current one."""
    try:
        found = (folder / _CURRENT).stat()
    except OSError:  # opening it will say more
        return (0, 0)
    return found.st_mtime_ns, found.st_ino


def _opened(path: Path) -> tuple[str, Generation | None]:
    try:
        note = json.loads((path / _NOTE).read_text(encoding="utf-8"))
        if note["schema"] != fingerprint():
            return "the index was made by another version of Chyrak", None
        index = tantivy.Index.open(str(path))
        index.config_reader("manual")
        index.searcher().search(tantivy.Query.all_query(), limit=1)
        return "", Generation(index, path, str(note["rebuild"]))
    except BaseException as fault:
        if is_closed(fault):  # not damaged, only not ours: it must not be moved aside
            raise AskOperator(closed(path, fault)) from fault
        if isinstance(fault, ValueError | KeyError | TypeError | OSError) or is_panic(fault):
            return f"the index is damaged ({str(fault)[:200]})", None
        raise


def _put_in_place(folder: Path, generation: Generation, other: str) -> Generation:
    _point(folder, generation.path.name, other)
    return generation


def _point(folder: Path, name: str, other: str) -> None:
    _write(folder / _CURRENT, f"{name}\n{other}\n")


def _delete(folder: Path, name: str) -> None:
    if name:
        shutil.rmtree(folder / name, ignore_errors=True)  # a reader on Windows may still hold a file


def _move_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.aside-{time.time_ns():x}")
    if path.exists():
        path.rename(aside)
    return aside


def _write(path: Path, text: str) -> None:
    """Whole or not at all, also when the machine stops midway."""
    draft = path.with_name(path.name + ".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time; the operating system frees the lock of a process that dies."""
    with closing(sqlite3.connect(folder / "open.lock", timeout=_LOCK_SECONDS, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault):
                raise AskOperator(closed(folder, fault)) from fault
            raise RetryLater(
                f"{folder}: another process is opening the search index. Try again in a moment."
            ) from fault
        try:
            yield
        finally:
            lock.execute("ROLLBACK")
