"""`chyrak demo` as a person runs it: pages and mails appear, Ctrl-C ends everything, a new start goes on."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.mailbox import list_mailbox
from chyrak.settings import load_settings
from store import audit, open_store, overview

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def _start(home: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "runtime", "demo", "--home", str(home), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _until(what: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _end(process: subprocess.Popen[str], home: Path) -> str:
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "nothing is lost" in errors
    left = [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if str(home).encode() in _read(entry)]
    assert left == []
    return out


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _totals(home: Path) -> overview.Totals:
    store = open_store(load_settings(home))
    try:
        with store.main.read() as connection:
            assert audit.verify(connection) == []
            return overview.totals(connection)
    finally:
        store.close()


def test_a_demo_shows_pages_and_mails_ends_on_ctrl_c_and_goes_on_where_it_was(tmp_path: Path):
    home = tmp_path / "town"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = _start(home, port)
    _until(lambda: bool(list_mailbox(home / "mailbox")), process)
    _until(lambda: _answers(f"http://127.0.0.1:{port}/login"), process)
    said = _end(process, home)
    assert re.search(rf"http://127\.0\.0\.1:{port}/login/\S{{20,}}", said), "a one-time link is printed"
    assert "made up" in said
    before, mails = _totals(home), len(list_mailbox(home / "mailbox"))
    assert before.postings
    assert mails

    process = _start(home, port)
    _until(lambda: _answers(f"http://127.0.0.1:{port}/login"), process)
    _until(lambda: _totals(home).postings > before.postings or _crawled_again(home), process)
    _end(process, home)
    assert _totals(home).postings >= before.postings
    ids = [mail.message_id for mail in list_mailbox(home / "mailbox")]
    assert len(ids) == len(set(ids))


def _crawled_again(home: Path) -> bool:
    log = home / "log" / "clock.log"
    return log.exists() and log.read_text(encoding="utf-8").count('"crawled"') > 9
