"""The work list against a model of it: whatever is asked for, claimed, lost and failed, no work is forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chyrak.settings import Settings, load_settings
from store import Store, open_store, worklist
from store.tables import main as main_tables
from store.worklist import MOST_ATTEMPTS, Job

BEGIN = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
KEYS = ("a", "b", "c")


class WorkListModel(RuleBasedStateMachine):
    """`asked` counts what was asked for each key, `seen` what a finished job had been told of."""

    home: Path

    @initialize()
    def empty(self) -> None:
        self.store = open_store(load_settings(self.home))
        with self.store.main.begin() as c:
            for table in reversed(main_tables.sorted_tables):
                if table.name == "work":
                    c.execute(table.delete())
        self.now = BEGIN
        self.asked = dict.fromkeys(KEYS, 0)
        self.seen = dict.fromkeys(KEYS, 0)
        self.held: dict[str, tuple[Job, int, datetime]] = {}
        self.lapsed: list[tuple[Job, int]] = []
        self.dead: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    @rule(key=st.sampled_from(KEYS))
    def ask(self, key: str) -> None:
        with self.store.main.begin() as c:
            worklist.add(c, "read", [key], self.now)
        self.asked[key] += 1
        self.dead.discard(key)

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        with self.store.main.begin() as c:
            jobs = worklist.claim(c, "read", limit, self.now, lease_seconds=60)
        assert len(jobs) <= limit
        for job in jobs:
            assert job.key not in self.held, "a job was given out twice"
            self.held[job.key] = (job, self.asked[job.key], self.now + timedelta(seconds=60))

    @rule(key=st.sampled_from(KEYS))
    def finish(self, key: str) -> None:
        if key in self.held:
            job, told, _ = self.held.pop(key)
            with self.store.main.begin() as c:
                worklist.done(c, job)
            self.seen[key] = max(self.seen[key], told)

    @rule(key=st.sampled_from(KEYS))
    def fail(self, key: str) -> None:
        if key in self.held:
            job, told, _ = self.held.pop(key)
            with self.store.main.begin() as c:
                if worklist.failed(c, job, "no luck", self.now):
                    assert told == self.asked[key], "a newer wish must not die with an older job"
                    self.dead.add(key)

    @rule(key=st.sampled_from(KEYS))
    def put_off(self, key: str) -> None:
        if key in self.held:
            job, _, _ = self.held.pop(key)
            with self.store.main.begin() as c:
                worklist.postpone(c, job, "engine down", self.now)

    @rule(seconds=st.sampled_from([1, 61, 4000]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for key, (job, told, until) in list(self.held.items()):
            if until <= self.now:  # its worker is taken for dead; it may still come back and speak
                self.lapsed.append((job, told))
                del self.held[key]

    @precondition(lambda self: self.lapsed)
    @rule(finished=st.booleans())
    def a_worker_thought_dead_speaks(self, finished: bool) -> None:
        job, told = self.lapsed.pop()
        with self.store.main.begin() as c:
            row = c.execute(
                main_tables.tables["work"].select().where(main_tables.tables["work"].c.key == job.key)
            ).one_or_none()
            if finished:
                worklist.done(c, job)
                if row is not None and row.lease == job.lease:
                    self.seen[job.key] = max(self.seen[job.key], told)
            elif worklist.failed(c, job, "late", self.now) and row is not None and row.lease == job.lease:
                self.dead.add(job.key)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.main.read() as c:
            rows = {row.key: row for row in c.execute(main_tables.tables["work"].select())}
            dead = {letter.key for letter in worklist.dead_letters(c)}
            counted = worklist.counts(c, self.now).get("read", worklist.Counts(0, 0, 0))
        for key in KEYS:
            if self.asked[key] > self.seen[key]:
                assert key in rows, f"{key} was asked for and never done, and is forgotten"
            if key in self.held:
                assert rows[key].lease == self.held[key][0].lease, f"the lease of {key} was taken away"
        assert self.dead <= dead
        assert counted.waiting + counted.running + counted.dead == len(rows)


def test_work_is_never_forgotten_or_given_out_twice(migrated_home: Path, tmp_path: Path):
    for name in ("store.db", "crawl.db"):
        (tmp_path / name).write_bytes((migrated_home / name).read_bytes())
    WorkListModel.home = tmp_path
    case = WorkListModel.TestCase
    case.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
    case().runTest()


def test_a_worker_whose_lease_has_passed_on_can_neither_close_nor_fail_the_job(store: Store, now: datetime):
    later = now + timedelta(seconds=worklist.LEASE_SECONDS)
    with store.main.begin() as c:
        worklist.add(c, "read", ["a"], now)
        (slow,) = worklist.claim(c, "read", 1, now)
        (quick,) = worklist.claim(c, "read", 1, later)
        worklist.failed(c, slow, "too late", later)
        worklist.done(c, slow)
        assert worklist.counts(c, later)["read"] == worklist.Counts(0, 1, 0)
        worklist.done(c, quick)
        worklist.add(c, "read", ["a"], later)
        (_other,) = worklist.claim(c, "read", 1, later)
        worklist.done(c, slow)
        assert worklist.counts(c, later)["read"] == worklist.Counts(0, 1, 0)


def test_a_job_that_kills_every_worker_is_set_aside_with_a_reason(store: Store, now: datetime):
    at = now
    with store.main.begin() as c:
        worklist.add(c, "read", ["a"], now)
        for _ in range(MOST_ATTEMPTS):
            assert len(worklist.claim(c, "read", 1, at)) == 1
            at += timedelta(seconds=worklist.LEASE_SECONDS)
        assert worklist.claim(c, "read", 1, at) == []
        (letter,) = worklist.dead_letters(c, "read")
    assert (letter.key, letter.attempts) == ("a", MOST_ATTEMPTS)
    assert "died" in letter.error


def test_work_that_waits_for_another_does_not_die_of_it(store: Store, now: datetime):
    at = now
    with store.main.begin() as c:
        worklist.add(c, "sync", ["a"], now)
        for _ in range(3 * MOST_ATTEMPTS):
            (job,) = worklist.claim(c, "sync", 1, at)
            worklist.postpone(c, job, "engine down", at)
            at += timedelta(seconds=worklist.LONGEST_PAUSE_SECONDS)
        (job,) = worklist.claim(c, "sync", 1, at)
        assert worklist.failed(c, job, "broken document", at) is False
        assert worklist.dead_letters(c) == []


def test_due_work_comes_oldest_first_then_by_key(store: Store, now: datetime):
    with store.main.begin() as c:
        worklist.add(c, "read", ["z"], now - timedelta(hours=1))
        worklist.add(c, "read", ["b", "a"], now)
        worklist.add(c, "read", ["later"], now + timedelta(hours=1))
        assert [job.key for job in worklist.claim(c, "read", 9, now)] == ["z", "a", "b"]


def test_work_asked_for_earlier_keeps_its_place_when_asked_for_again(store: Store, now: datetime):
    with store.main.begin() as c:
        worklist.add(c, "read", ["a"], now)
        worklist.add(c, "read", ["b"], now + timedelta(seconds=1))
        worklist.add(c, "read", ["a"], now + timedelta(seconds=2))
        assert [job.key for job in worklist.claim(c, "read", 9, now + timedelta(seconds=9))] == ["a", "b"]


_HOLD = """
    import sys, time
    from datetime import datetime
    from pathlib import Path
    from chyrak.settings import load_settings
    from store import open_store, worklist

    url = sys.argv[2]
    opened = open_store(load_settings(Path(sys.argv[1]), **({"store": {"url": url}} if url else {})))
    with opened.main.begin() as c:
        jobs = worklist.claim(c, "read", 2, datetime.fromisoformat(sys.argv[3]))
    with opened.main.begin() as c:
        worklist.done(c, jobs[0])  # rolled back: it dies before the commit
        print(" ".join(job.key for job in jobs), flush=True)
        time.sleep(60)
"""


def _start(code: str, settings: Settings, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), str(settings.home), settings.store.url, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_kill_9_of_a_process_that_holds_a_claim_gives_its_work_back(
    store: Store, store_settings: Settings, now: datetime
):
    with store.main.begin() as c:
        worklist.add(c, "read", ["a", "b", "c"], now)
    process = _start(_HOLD, store_settings, now.isoformat())
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline().split() == ["a", "b"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
    with store.main.begin() as c:
        assert [job.key for job in worklist.claim(c, "read", 9, now)] == ["c"]
        later = now + timedelta(seconds=worklist.LEASE_SECONDS)
        assert [(job.key, job.attempts) for job in worklist.claim(c, "read", 9, later)] == [
            ("a", 2),
            ("b", 2),
            ("c", 2),
        ]


_RACE = """
    import sys
    from datetime import datetime
    from pathlib import Path
    from chyrak.settings import load_settings
    from store import open_store, worklist

    url = sys.argv[2]
    opened = open_store(load_settings(Path(sys.argv[1]), **({"store": {"url": url}} if url else {})))
    mine = []
    while True:
        with opened.main.begin() as c:
            jobs = worklist.claim(c, "read", 3, datetime.fromisoformat(sys.argv[3]))
        if not jobs:
            break
        mine += [job.key for job in jobs]
        with opened.main.begin() as c:
            for job in jobs:
                worklist.done(c, job)
    print(" ".join(mine))
"""


def test_processes_claiming_at_once_share_the_work_and_do_each_job_once(
    store: Store, store_settings: Settings, now: datetime
):
    keys = [f"{number:03}" for number in range(60)]
    with store.main.begin() as c:
        worklist.add(c, "read", keys, now)
    workers = [_start(_RACE, store_settings, now.isoformat()) for _ in range(2)]
    done = [key for worker in workers for key in worker.communicate(timeout=90)[0].split()]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(done) == keys
    with store.main.read() as c:
        assert worklist.counts(c, now) == {}


@pytest.mark.parametrize("attempts", [1, 5, 30, 5000])
def test_pauses_grow_and_never_beyond_the_longest(attempts: int):
    pause = worklist._pause_seconds(attempts)
    assert pause == min(5.0 * 2 ** min(attempts - 1, 30), 3600.0)
