"""The supervisor restarts what dies, tells the person, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chyrak.errors import AskOperator
from runtime.supervisor import Part, Supervisor, only_one


def _python(name: str, code: str) -> Part:
    return Part(name, [sys.executable, "-c", code])


def _until(supervisor: Supervisor, happened: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "did not happen in time"
        supervisor.look_after()
        time.sleep(0.05)


@pytest.fixture
def said() -> list[str]:
    return []


def test_a_part_that_dies_is_started_again_and_the_person_is_told(tmp_path: Path, said: list[str]):
    supervisor = Supervisor([_python("reader", "import time; time.sleep(60)")], tmp_path, said.append)
    supervisor.start()
    try:
        first = supervisor.pids()["reader"]
        os.kill(first, signal.SIGKILL)
        _until(supervisor, lambda: supervisor.pids().get("reader", first) != first)
        assert said == ["reader ended (killed by signal 9); starting it again in 1 s. Its last words: none"]
    finally:
        supervisor.stop()
    assert not supervisor.pids() or not Path(f"/proc/{supervisor.pids()['reader']}").exists()


def test_the_person_is_told_the_last_words_of_a_part_and_the_pause_grows(tmp_path: Path, said: list[str]):
    supervisor = Supervisor([_python("web", "raise SystemExit('port 8400 is in use')")], tmp_path, said.append)
    supervisor.start()
    try:
        _until(supervisor, lambda: len(said) >= 2)
    finally:
        supervisor.stop()
    assert "port 8400 is in use" in said[0]
    assert "in 1 s" in said[0]
    assert "in 2 s" in said[1]


def test_a_part_that_ignores_the_request_to_end_is_killed(tmp_path: Path, said: list[str], monkeypatch):
    monkeypatch.setattr("runtime.supervisor.GRACE_SECONDS", 0.3)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    supervisor = Supervisor([_python("stubborn", code)], tmp_path, said.append)
    supervisor.start()
    pid = supervisor.pids()["stubborn"]
    _until(supervisor, lambda: "up" in (tmp_path / "stubborn.out").read_text())
    supervisor.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert "was killed; nothing is lost" in said[-1]


def test_a_second_chyrak_on_the_same_home_is_refused_with_the_process_that_holds_it(tmp_path: Path):
    with only_one(tmp_path), pytest.raises(AskOperator, match=rf"process {os.getpid()}.*--home"):
        with only_one(tmp_path):
            pytest.fail("two held the same home")
    with only_one(tmp_path):
        pass
