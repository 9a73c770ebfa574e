"""Hop 7: every released match reaches each person once, whoever sends and whatever dies in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from store_examples import decide, met, person

from alerts import sink
from alerts.mailbox import list_mailbox
from chyrak.records import Watch
from chyrak.settings import load_settings
from runtime.context import Context
from runtime.stages.mail import drain
from store import mails, open_store, postings, readings, tables, watches

EVERYBODY = tuple(f"case{number}@ngo.example" for number in range(4))


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"


@pytest.fixture
def sending(settings, mailbox: Path, home: Path) -> Iterator[Context]:
    """A home whose relay is a real SMTP server on loopback."""
    with sink.running(mailbox) as port:
        _settle(home, port)
        opened = Context(load_settings(home))
        yield opened
        opened.close()


def _settle(home: Path, port: int) -> None:
    addresses = ", ".join(f'"{address}"' for address in EVERYBODY)
    (home / "chyrak.toml").write_text(
        f'[mail]\nrelay = "smtp://127.0.0.1:{port}"\nallowed_recipients = [{addresses}]\nmost_a_day = 1000\n',
        encoding="utf-8",
    )


def _watch(context: Context, *recipients: str, name: str = "w") -> None:
    with context.store.main.begin() as c:
        watches.save(c, Watch(name, name, "level:>=2", 2, recipients or EVERYBODY, "each", "aigul", most_a_day=1000))


def _released(context: Context, keep, moment: datetime, count: int, watch: str = "w") -> None:
    """Adverts matched by the watch and released by a reader."""
    from store_examples import reading

    for number in range(count):
        key = keep(f"Нужен повар, оклад {number}", f"https://board.example/{number}")
        with context.store.main.begin() as c:
            readings.record(c, reading(key, 2, phone=""), context.vault, moment)
            met(c, key, moment, level=2, by=watch)
            decide(c, person(c, "aigul"), key, moment)


def test_u4_two_processes_that_send_at_once_send_each_mail_once(sending: Context, keep, moment, mailbox: Path):
    _watch(sending)
    _released(sending, keep, moment, 6)
    contexts = [Context(sending.settings) for _ in range(4)]
    barrier = threading.Barrier(len(contexts))
    sent: list[int] = []

    def send(context: Context) -> None:
        barrier.wait()
        sent.append(drain(context, 100))

    threads = [threading.Thread(target=send, args=[context]) for context in contexts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for context in contexts:
        context.close()
    while drain(sending, 100):
        pass
    ids = [mail.message_id for mail in list_mailbox(mailbox)]
    assert len(ids) == len(set(ids))
    _each_match_once(sending, 6)


def test_one_person_gets_one_digest_however_the_address_was_typed(sending: Context, keep, moment, mailbox: Path):
    _watch(sending, "Case0@NGO.example", name="one")
    _watch(sending, "case0@ngo.example ", name="two")
    _released(sending, keep, moment, 1, "one")
    with sending.store.main.begin() as c:
        (key,) = postings.every_id(c)
        met(c, key, moment, level=2, by="two")
    assert drain(sending, 10) == 1
    assert [mail.to for mail in list_mailbox(mailbox)] == ["case0@ngo.example"]


def test_a_mail_that_a_dead_process_held_is_sent_when_its_lease_is_over(sending: Context, keep, moment, mailbox: Path):
    _watch(sending, EVERYBODY[0])
    _released(sending, keep, moment, 1)
    from runtime.stages.mail import _compose_due

    _compose_due(sending)
    with sending.store.main.begin() as c:
        held = mails.claim(c, moment + timedelta(seconds=5))
        assert held is not None
        assert mails.claim(c, moment + timedelta(seconds=5)) is None
        again = mails.claim(c, moment + timedelta(seconds=6) + mails.LEASE)
    assert again == held
    assert drain(sending, 10) == 0
    with sending.store.main.begin() as c:
        assert mails.release_all(c, moment) == 1
    assert drain(sending, 10) == 1
    assert len(list_mailbox(mailbox)) == 1


def test_a_relay_that_is_away_costs_no_mail(settings, home: Path, keep, moment, context: Context, mailbox: Path):
    _settle(home, 9)
    away = Context(load_settings(home))
    _watch(away, EVERYBODY[0])
    _released(away, keep, moment, 1)
    assert drain(away, 10) == 0
    with away.store.main.read() as c:
        (row,) = mails.ledger(c, 5)
    assert (row.state, row.attempts) == ("sending", 1)
    assert "relay 127.0.0.1:9" in str(row.answer)
    away.close()


_SENDS = """
import sys
from pathlib import Path
from runtime.context import opened
from runtime.stages.mail import drain
with opened(Path(sys.argv[1])) as context:
    print("ready", flush=True)
    while drain(context, 3):
        pass
"""


def test_u4_ten_thousand_matches_and_a_sender_killed_in_the_middle_lose_none_and_double_none(
    settings, home: Path, moment: datetime, mailbox: Path
):
    count = 2500  # adverts, each for four people: 10,000 pairs
    with sink.running(mailbox) as port:
        _settle(home, port)
        _fill(home, moment, count)
        for held_seconds in (0.3, 0.9):
            child = subprocess.Popen([sys.executable, "-c", _SENDS, str(home)], stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(held_seconds)
            os.kill(child.pid, signal.SIGKILL)
            child.communicate()
        context = Context(load_settings(home))
        with context.store.main.begin() as c:
            mails.release_all(c, moment + timedelta(days=1))
        while drain(context, 1000):
            pass
    _each_match_once(context, count)
    with context.store.main.read() as c:
        assert {row.state for row in mails.ledger(c, 1000)} == {"sent"}
        in_ledger = {row.message_id for row in mails.ledger(c, 1000)}
    context.close()
    arrived = [mail.message_id for mail in list_mailbox(mailbox)]
    # A mail that was handed over just before the kill is sent again under its own Message-ID, never as another mail.
    assert set(arrived) == in_ledger
    assert len(arrived) <= len(in_ledger) + 2


def _fill(home: Path, moment: datetime, count: int) -> None:
    """Adverts that a reader released for one watch, written straight into the tables: 2,500 decisions take minutes."""
    store = open_store(load_settings(home))
    with store.main.begin() as c:
        watches.save(c, Watch("w", "w", "level:>=2", 2, EVERYBODY, "each", "aigul", most_a_day=1000))
        person(c, "aigul")
        blank = {
            tables.posting: {
                "source": "board",
                "url": "",
                "kind": "advert",
                "rev": 1,
                "body_hash": "",
                "published_at": None,
                "first_seen": moment,
                "last_seen": moment,
                "index_version": 1,
            },
            tables.decision: {
                "rev": 1,
                "level": 2,
                "indicators": [],
                "reviewer": "aigul",
                "senior": False,
                "outcome": "referred",
                "note": "",
                "release": True,
                "decided_at": moment,
            },
            tables.match: {
                "watch_id": "w",
                "rev": 1,
                "level": 2,
                "exploitation": [],
                "campaign_id": None,
                "matched_at": moment,
                "state": "released",
            },
        }
        keys = [f"{number:064d}" for number in range(count)]
        c.execute(insert(tables.posting), [{**blank[tables.posting], "id": key} for key in keys])
        c.execute(
            insert(tables.decision),
            [{**blank[tables.decision], "id": n, "posting_id": key} for n, key in enumerate(keys, 1)],
        )
        c.execute(
            insert(tables.match),
            [
                {**blank[tables.match], "id": f"m{n}", "posting_id": key, "decision_id": n}
                for n, key in enumerate(keys, 1)
            ],
        )
    store.close()


def _each_match_once(context: Context, count: int) -> None:
    with context.store.main.read() as c:
        bound = select(tables.mail_match.c.recipient, tables.mail_match.c.match_id)
        pairs = Counter((row.recipient, row.match_id) for row in c.execute(bound))
        bodies = c.execute(select(tables.mail.c.recipient, tables.mail.c.body)).all()
    told = Counter((row.recipient, match_id) for row in bodies for match_id in row.body["match_ids"])
    assert pairs == told
    assert set(told.values()) == {1}
    assert len(told) == count * len(EVERYBODY)
