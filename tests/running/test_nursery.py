"""A crawl forked from the nursery: its output goes to its log, and it ends with the process that asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime import nursery

_ASKER = """
import pathlib, sys, time
from runtime import nursery
process = nursery.start(["scrapy", "shell", "-c", "__import__('time').sleep(120)"], {}, pathlib.Path(sys.argv[1]))
print(process.pid, flush=True)
time.sleep(120)
"""


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _becomes(what: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def _asked(log: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    asker = subprocess.Popen([sys.executable, "-c", _ASKER, str(log)], stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    crawl = int(asker.stdout.readline())
    try:
        assert _becomes(lambda: log.exists() and "Enabled extensions" in log.read_text())
        yield asker, crawl
    finally:
        asker.kill()
        asker.wait()
        asker.stdout.close()
        if _alive(crawl):
            os.kill(crawl, signal.SIGKILL)


@pytest.mark.parametrize("dies", ["the process that asked", "the nursery"])
def test_a_crawl_ends_when_a_parent_is_killed(tmp_path: Path, dies: str) -> None:
    with _asked(tmp_path / "log") as (asker, crawl):
        assert _alive(crawl)
        os.kill(asker.pid if dies == "the process that asked" else _parent_of(crawl), signal.SIGKILL)
        assert _becomes(lambda: not _alive(crawl)), "it still runs"


def test_a_run_says_how_it_ended_and_writes_to_its_log_only(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    process = nursery.start(["scrapy", "crawl", "nobody"], {"SCRAPY_SETTINGS_MODULE": "crawlers.settings"}, log)
    process.join(60)
    assert process.exitcode == 1
    assert "Spider not found: nobody" in log.read_text()
    assert "nobody" not in "".join(capfd.readouterr())


def test_a_nursery_that_was_killed_is_followed_by_another(tmp_path: Path) -> None:
    first = nursery.start(["scrapy", "version"], {}, tmp_path / "log")
    first.join(60)
    # Its pid is nowhere said; a child that waits long enough shows it.
    waiting = nursery.start(["scrapy", "shell", "--nolog", "-c", "__import__('time').sleep(60)"], {}, tmp_path / "log")
    os.kill(_parent_of(waiting.pid or 0), signal.SIGKILL)
    waiting.join(60)
    assert waiting.exitcode not in (0, None)
    after = nursery.start(["scrapy", "version"], {}, tmp_path / "after")
    after.join(60)
    assert after.exitcode == 0


def test_what_crawls_import_leaves_the_reactor_alone() -> None:
    seen = "import sys, crawlers.preloaded; print('twisted.internet.reactor' in sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", seen], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
