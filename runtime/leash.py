"""Runs a Python module as a child that cannot outlive its parent.

`python -m runtime.leash MODULE ARGUMENTS...` runs the module in this process while a thread reads standard input,
a pipe whose other end only the parent holds. When the parent dies, even by kill -9, the pipe closes: the child is
asked to end, and is ended after a grace time. Without it a killed supervisor leaves processes that hold the port,
the index's writer lock and the sources' runs.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable

GRACE_SECONDS = 5.0


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module` on a leash."""
    return [sys.executable, "-m", "runtime.leash", module, *arguments]


def hold(until_gone: Callable[[], None]) -> None:
    """End this process, after a grace time by force, when `until_gone` returns. It waits in a thread."""
    threading.Thread(target=_hold, args=(until_gone,), name="leash", daemon=True).start()


def _hold(until_gone: Callable[[], None]) -> None:
    until_gone()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _pipe_closed() -> None:
    while os.read(0, 4096):
        pass


def _main() -> None:
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    hold(_pipe_closed)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
