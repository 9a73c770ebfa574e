"""One pass over the demo town: its summary, its repetition, and what a kill -9 in the middle leaves."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from alerts.mailbox import list_mailbox
from chyrak.settings import load_settings
from store import audit, open_store
from store.tables import decision, mail, mail_match, match, posting, posting_rev, reading

SEED = 20261125
ROUNDS = 10
KEYS = {"sources", "postings", "new_postings", "flagged", "campaigns", "indexed", "matches", "mails", "seconds"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "runtime", "demo", "--once", "--no-web", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _finish(home: Path) -> dict[str, Any]:
    process = _start(home)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    summary: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return summary


def _state(home: Path) -> dict[str, Any]:
    """What a pass leaves, without moments in time and without the ports of this town."""
    opened = open_store(load_settings(home))
    try:
        with opened.main.read() as c:
            readings = select(posting_rev.c.text, reading.c.level, reading.c.raised_by, reading.c.stance).join(
                reading, (reading.c.posting_id == posting_rev.c.posting_id) & (reading.c.rev == posting_rev.c.rev)
            )
            texts = dict(
                c.execute(
                    select(posting.c.id, posting_rev.c.text).join(
                        posting_rev, (posting_rev.c.posting_id == posting.c.id) & (posting_rev.c.rev == posting.c.rev)
                    )
                ).all()
            )
            by_campaign: dict[str, set[str]] = {}
            for key, group in c.execute(
                select(posting.c.id, posting.c.campaign_id).where(posting.c.campaign_id.is_not(None))
            ):
                by_campaign.setdefault(group, set()).add(texts[key])
            return {
                "readings": sorted(tuple(row) for row in c.execute(readings.where(reading.c.current.is_(True)))),
                "campaigns": sorted(tuple(sorted(group)) for group in by_campaign.values()),
                "matches": sorted(
                    (texts[row.posting_id], row.watch_id, row.level, row.state) for row in c.execute(select(match))
                ),
                "decisions": sorted(
                    (texts[row.posting_id], row.reviewer, row.outcome) for row in c.execute(select(decision))
                ),
                "mailed": sorted(
                    (row.recipient, row.watch_id, texts[row.posting_id])
                    for row in c.execute(
                        select(mail_match.c.recipient, match.c.watch_id, match.c.posting_id)
                        .join(match, match.c.id == mail_match.c.match_id)
                        .join(mail, mail.c.message_id == mail_match.c.message_id)
                        .where(mail.c.state == "sent")
                    )
                ),
                "audit": audit.verify(c),
            }
    finally:
        opened.close()


def _until(process: subprocess.Popen[str], seconds: float) -> None:
    """Wait so long, or until the process has ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def _family(process: subprocess.Popen[str]) -> list[int]:
    """The process and all its descendants that live now."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(fields[1])
    family = {process.pid}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(family)


def _relay_once_crawling(process: subprocess.Popen[str], home: Path) -> int:
    """The process that takes the mails of a pass, once the pass crawls and has mailed nothing yet."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list((home / "log").glob("crawl-*.log")):
        time.sleep(0.05)
    for pid in _family(process):
        with contextlib.suppress(OSError):
            if b"alerts.sink" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    raise AssertionError("the pass has no process that takes mails")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    home = tmp_path_factory.mktemp("undisturbed")
    return home, _finish(home), _state(home)


def test_a_pass_flags_groups_indexes_matches_and_mails(undisturbed):
    _home, summary, state = undisturbed
    assert summary.keys() == KEYS
    assert summary["postings"] == summary["new_postings"] == summary["indexed"] > 200
    assert sum(summary["flagged"].values()) > 10
    assert summary["campaigns"] >= 1
    assert summary["mails"] >= 1
    assert state["audit"] == []


def test_a_second_pass_finds_nothing_new_and_mails_nobody(undisturbed):
    home, first, _state_before = undisturbed
    second = _finish(home)
    assert second["new_postings"] == 0
    assert second["mails"] == 0
    for total in ("sources", "postings", "flagged", "campaigns", "indexed", "matches"):
        assert second[total] == first[total]


def test_eth_19_no_mail_of_the_pass_holds_a_phone_or_a_text_of_an_advert(undisturbed):
    home, _summary, state = undisturbed
    mails = list_mailbox(home / "mailbox")
    assert mails
    for item in mails:
        shown = f"{item.subject}\n{item.text}\n{item.html}"
        assert "+996" not in shown
        assert not any(len(text) > 40 and text[:40] in shown for text, *_ in state["readings"])


def test_the_pass_ends_in_the_same_state_on_postgresql(
    undisturbed, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _home, summary, expected = undisturbed
    monkeypatch.setenv("CHYRAK_STORE__URL", postgres_url)
    home = tmp_path / "postgres"
    home.mkdir()
    again = _finish(home)
    figures = KEYS - {"seconds"}
    assert {name: again[name] for name in figures} == {name: summary[name] for name in figures}
    state = _state(home)
    for part, value in expected.items():
        assert state[part] == value, part
    assert not (home / "store.db").exists()


def test_a_pass_whose_relay_died_leaves_its_mails_to_the_next_one(undisturbed, tmp_path: Path):
    _home, summary, expected = undisturbed
    home = tmp_path / "relay"
    home.mkdir()
    process = _start(home)
    os.kill(_relay_once_crawling(process, home), signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert json.loads(out.strip().splitlines()[-1])["mails"] == 0
    assert list_mailbox(home / "mailbox") == []
    assert _state(home)["mailed"] == []
    assert _finish(home)["mails"] == summary["mails"]
    assert _state(home)["mailed"] == expected["mailed"]


def test_kill_nine_of_any_process_at_any_moment_leaves_the_same_end(undisturbed, tmp_path: Path):
    _home, summary, expected = undisturbed
    chance = random.Random(SEED)
    home = tmp_path / "killed"
    home.mkdir()
    for _round in range(ROUNDS):
        process = _start(home)
        _until(process, chance.uniform(0.5, max(4.0, summary["seconds"] * 0.6)))
        family = _family(process)
        if process.poll() is None and family:
            os.kill(chance.choice(family), signal.SIGKILL)
        # One that lost a child goes on; it is not waited for to the end, but ends as hard, in the middle of that.
        _until(process, chance.uniform(0.5, 4.0))
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=300)
    last = _finish(home)
    assert last["postings"] == summary["postings"]
    assert last["flagged"] == summary["flagged"]
    assert last["indexed"] == summary["indexed"]
    state = _state(home)
    for part, value in expected.items():
        assert state[part] == value, part
    ids = [item.message_id for item in list_mailbox(home / "mailbox")]
    assert len(set(ids)) == len({row.message_id for row in _sent(home)})


def _sent(home: Path) -> list[Any]:
    opened = open_store(load_settings(home))
    try:
        with opened.main.read() as c:
            return list(c.execute(select(mail.c.message_id).where(mail.c.state == "sent")))
    finally:
        opened.close()
