"""Work is claimed by one, given back when its holder dies, retried, and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from store import Store, worklist


def _add(store: Store, now: datetime, *keys: str) -> None:
    with store.main.begin() as connection:
        worklist.add(connection, "read", keys, now)


def _claim(store: Store, now: datetime, limit: int = 10) -> list[worklist.Job]:
    with store.main.begin() as connection:
        return worklist.claim(connection, "read", limit, now)


def test_claimed_work_is_not_given_to_a_second_worker(store: Store, now: datetime):
    _add(store, now, "a", "b")
    assert [job.key for job in _claim(store, now, 1)] == ["a"]
    assert [job.key for job in _claim(store, now)] == ["b"]
    assert _claim(store, now) == []


def test_work_of_a_dead_worker_is_due_again_when_its_lease_runs_out(store: Store, now: datetime):
    _add(store, now, "a")
    _claim(store, now)
    later = now + timedelta(seconds=worklist.LEASE_SECONDS)
    assert [job.attempts for job in _claim(store, later)] == [2]


def test_the_start_of_the_only_worker_frees_every_lease(store: Store, now: datetime):
    _add(store, now, "a")
    _claim(store, now)
    with store.main.begin() as connection:
        assert worklist.release_all(connection) == 1
    assert [job.key for job in _claim(store, now)] == ["a"]


def test_work_asked_for_while_it_is_done_is_done_once_more(store: Store, now: datetime):
    _add(store, now, "a")
    (job,) = _claim(store, now)
    _add(store, now, "a")
    with store.main.begin() as connection:
        worklist.done(connection, job)
    (again,) = _claim(store, now)
    assert again.generation == 2
    with store.main.begin() as connection:
        worklist.done(connection, again)
    assert _claim(store, now + timedelta(days=1)) == []


def test_failing_work_waits_longer_each_time_then_lies_with_the_dead_until_a_person_retries_it(
    store: Store, now: datetime
):
    _add(store, now, "a")
    at = now
    pauses = []
    for attempt in range(1, worklist.MOST_ATTEMPTS + 1):
        (job,) = _claim(store, at)
        with store.main.begin() as connection:
            assert worklist.failed(connection, job, "no such page", at) is (attempt == worklist.MOST_ATTEMPTS)
        step = next(s for s in range(1, 10_000) if attempt == worklist.MOST_ATTEMPTS or _due(store, at, s))
        pauses.append(step)
        at += timedelta(seconds=step)
    assert pauses[:4] == [5, 10, 20, 40]
    with store.main.begin() as connection:
        assert worklist.dead_letters(connection) == [
            worklist.DeadLetter("read", "a", worklist.MOST_ATTEMPTS, "no such page")
        ]
        assert worklist.counts(connection, at)["read"] == worklist.Counts(0, 0, 1)
        assert worklist.retry(connection, at, "read") == 1
    assert [job.attempts for job in _claim(store, at)] == [1]


def _due(store: Store, at: datetime, seconds: int) -> bool:
    if seconds % 5:
        return False
    with store.main.engine.connect() as connection:
        found = worklist.claim(connection, "read", 1, at + timedelta(seconds=seconds))
        connection.rollback()
    return bool(found)


def test_two_workers_claiming_at_once_never_get_the_same_job(store: Store, now: datetime):
    keys = [f"{number:03}" for number in range(120)]
    _add(store, now, *keys)

    def take(_worker: int) -> list[str]:
        mine: list[str] = []
        while jobs := _claim(store, now, 7):
            mine += [job.key for job in jobs]
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(take, range(4)) for key in keys]
    assert sorted(taken) == keys
