"""Keeps the parts of one machine running: starts each as a leashed child, restarts a dead one, tells the person."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

from chyrak.errors import AskOperator

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
HEALTHY_AFTER_SECONDS = 30.0
GRACE_SECONDS = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One child process: its name as people read it, and its command line."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due: float = 0.0
    restarts: int = 0


class Supervisor:
    """Starts `parts` in order, ends them in reverse order. `tell` shows one line to the person at the screen."""

    def __init__(self, parts: Sequence[Part], log_folder: Path, tell: Callable[[str], None]) -> None:
        self._children = [_Child(part) for part in parts]
        self._log_folder = log_folder
        self._tell = tell
        self._ending = threading.Event()

    def start(self) -> None:
        """Start every part once."""
        for child in self._children:
            self._start(child)

    def run(self) -> None:
        """Watch until `end` is called or a signal asks for the end."""
        while not self._ending.wait(0.2):
            self.look_after()

    def look_after(self) -> None:
        """Restart what died and is due; called in a loop by `run`."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child)
            if child.process is None and time.monotonic() >= child.due:
                child.restarts += 1
                self._start(child)

    def end(self) -> None:
        """Ask for the end; safe to call from a signal handler."""
        self._ending.set()

    def stop(self) -> None:
        """End every part, last started first, and wait; a part that does not go in time is killed."""
        for child in reversed(self._children):
            if child.process is not None:
                _ask_to_end(child.process)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in reversed(self._children):
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._tell(f"{child.part.name} did not end in {GRACE_SECONDS:.0f} s and was killed; nothing is lost.")
                _kill(child.process)
            _close(child.process.stdin)

    def pids(self) -> dict[str, int]:
        """The process ids of the parts that run now, by name."""
        return {child.part.name: child.process.pid for child in self._children if child.process is not None}

    def _start(self, child: _Child) -> None:
        with (self._log_folder / f"{child.part.name}.out").open("ab") as output:
            child.process = subprocess.Popen(
                list(child.part.command),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **child.part.environment},
                start_new_session=True,
            )
        child.started = time.monotonic()
        log.info("started", part_name=child.part.name, pid=child.process.pid, restarts=child.restarts)

    def _bury(self, child: _Child) -> None:
        process = child.process
        if process is None:
            return
        _close(process.stdin)
        if time.monotonic() - child.started > HEALTHY_AFTER_SECONDS:
            child.pause = FIRST_PAUSE_SECONDS
        child.due = time.monotonic() + child.pause
        self._tell(
            f"{child.part.name} ended ({_manner(process.returncode)}); starting it again in {child.pause:.0f} s. "
            f"Its last words: {_last_line(self._log_folder / f'{child.part.name}.out')}"
        )
        log.warning("ended", part_name=child.part.name, code=process.returncode, pause=child.pause)
        child.pause = min(child.pause * 2, LONGEST_PAUSE_SECONDS)
        child.process = None


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home folder for this process; raises AskOperator when another one runs on it."""
    path = home / "run.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            file.seek(0)
            raise AskOperator(
                f"{home}: another Chyrak (process {file.read().strip() or 'unknown'}) runs on this home folder. "
                "Stop it first, or give this one another folder with --home."
            ) from fault
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.contextmanager
def signals_call(end: Callable[[], None]) -> Iterator[None]:
    """Within the block Ctrl-C and TERM call `end`; a second one ends the process at once."""

    def handler(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        end()

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()


def _manner(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "none"
    return lines[-1][:300] if lines else "none"
