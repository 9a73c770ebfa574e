"""Filling with a process of its own for analysis: the same index, whatever becomes of that process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from indexer import Document, SearchRequest, filling, open_engine, parse, written
from indexer.filling import fill

WORDS = "паспортту бизге бересиз, ўзбек қизлар, kazak typed plainly, " * 3


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch is worth a process."""
    monkeypatch.setattr(filling, "_WORTH_A_PROCESS", 5)
    written.forget()


def _batches(
    made: Callable[..., Document], before: Callable[[int], None] = lambda number: None
) -> Iterator[list[Document]]:
    for number in range(6):
        before(number)
        yield [made(id=f"{number}-{n}", title=f"повар {number}", text=f"{WORDS} слово{number}х{n}") for n in range(8)]


def _helpers() -> set[int]:
    """The processes that analyse for this one."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        process = int(folder.name)
        with contextlib.suppress(OSError):
            ours = (folder / "stat").read_text().rpartition(")")[2].split()[1] == str(os.getpid())
            if ours and b"indexer.analysis_process" in (folder / "cmdline").read_bytes():
                found.add(process)
    return found


def _found(folder: Path) -> list[tuple[str, int]]:
    engine = open_engine(f"tantivy://{folder}")
    try:
        asked = ("паспорт", "ozbek", "қазақ", '"повар 3"', "слово5х7")
        return [(text, engine.search(SearchRequest(parse(text))).total) for text in asked]
    finally:
        engine.close()


def test_the_index_is_the_same_as_without_it(tmp_path: Path, made: Callable[..., Document], soon: None) -> None:
    seen: set[int] = set()
    engine = open_engine(f"tantivy://{tmp_path / 'beside'}")
    for _applied in fill(engine.apply, _batches(made, lambda number: seen.update(_helpers()))):
        pass
    engine.close()
    assert len(seen) == 1, "the other batches were analysed by one process"
    assert not _helpers()
    alone = open_engine(f"tantivy://{tmp_path / 'alone'}")
    for batch in _batches(made):
        alone.apply(batch)
    alone.close()
    assert _found(tmp_path / "beside") == _found(tmp_path / "alone") == [
        ("паспорт", 48), ("ozbek", 48), ("қазақ", 48), ('"повар 3"', 8), ("слово5х7", 1)
    ]  # fmt: skip


def test_kill_nine_of_it_loses_nothing_and_is_said(tmp_path: Path, made: Callable[..., Document], soon: None) -> None:
    def murder(number: int) -> None:
        if number == 3:
            (helper,) = _helpers()
            os.kill(helper, signal.SIGKILL)

    engine = open_engine(f"tantivy://{tmp_path / 'index'}")
    with structlog.testing.capture_logs() as told:
        written_ids = [key for applied in fill(engine.apply, _batches(made, murder)) for key in applied.ok]
    assert len(written_ids) == 48
    assert engine.count() == 48
    assert [entry["log_level"] for entry in told] == ["warning"]
    assert "goes on alone" in told[0]["event"]
    engine.close()


def test_few_documents_start_no_process(tmp_path: Path, made: Callable[..., Document]) -> None:
    engine = open_engine(f"tantivy://{tmp_path / 'index'}")
    seen: set[int] = set()
    for _applied in fill(engine.apply, _batches(made, lambda number: seen.update(_helpers()))):
        pass
    assert not seen
    engine.close()


def test_it_ends_with_a_parent_that_is_killed() -> None:
    program = (
        "import time; from indexer.analysis_process import AnalysisProcess; helper = AnalysisProcess();"
        "print(helper._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    helper = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{helper}/stat").exists() and _state(helper) != "Z" and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{helper}/stat").exists() or _state(helper) == "Z"
    parent.stdout.close()


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
