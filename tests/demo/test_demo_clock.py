"""The town changes with time, and a town that is opened again goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest_demo import ask

from chyrak.errors import AskOperator, RetryLater
from runtime.demo import town
from runtime.demo.clock import Record, TownClock, read_record, record_path, write_record
from runtime.demo.content import Item, load_town

TOWN = load_town()
EDITED = next(item for item in TOWN.adverts if item.id == "ru-nyanya-edit")
GONE = next(item for item in TOWN.adverts if item.id == "ru-dvornik-gone")
LATE = next(item for item in TOWN.adverts if item.site == "jumush_board" and item.appears_after > 400)
START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def later(home: Path, seconds: float) -> None:
    """Make the town of this home older, as if it had been opened so long ago."""
    record = read_record(home)
    places = record.places if record else {}
    write_record(home, Record(datetime.now(UTC) - timedelta(seconds=seconds), places))


def page(at: town.Addresses, item: Item) -> str:
    return f"{at.sites[item.site]}/vacancy/{item.number}"


def test_an_advert_is_edited_and_another_taken_down_when_their_time_comes(home: Path) -> None:
    with town.running(home) as at:
        assert "садик рядом" in ask(page(at, EDITED)).text
        assert ask(page(at, GONE)).status == 200
        assert ask(page(at, LATE)).status == 404
        assert town.status(at)["gone"] == []
    later(home, 620)
    with town.running(home) as at:
        edited = ask(page(at, EDITED)).text
        assert "садик рядом" not in edited
        assert "Паспорт хранится" in edited
        assert ask(page(at, GONE)).status == GONE.gone_status == 410
        assert LATE.text[:40] in ask(page(at, LATE)).text
        told = town.status(at)
        assert GONE.id in told["gone"]
        assert EDITED.id in told["edited"]
        assert (told["ahead"], told["next_change_in_seconds"]) == (0, None)


def test_a_message_keeps_its_number_when_newer_ones_come_or_others_go() -> None:
    from runtime.demo.sites.channel import numbered
    from runtime.demo.sites.scene import Scene

    site = TOWN.site("jumush_kanal")

    def ids(seconds: float) -> dict[str, int]:
        clock = TownClock(START, standing_at=seconds)
        return {
            m.shown.item.id: m.id
            for m in numbered(Scene(site, TOWN.words_of(site), TOWN.on(site.id), clock, lambda: START))
        }

    early, late = ids(0), ids(600)
    assert len(late) > len(early)
    assert all(late[item] == number for item, number in early.items() if item in late)


def test_a_standing_clock_shows_the_same_town_twice(home: Path) -> None:
    def everything() -> list[bytes]:
        with town.running(home, once=True) as at:
            paths = [at.sites["jumush_board"] + "/vacancies", at.sites["dala_shyraq"] + "/feed.xml", page(at, EDITED)]
            return [ask(url).body for url in paths]

    first = everything()
    assert "садик рядом" in first[2].decode()
    record = read_record(home)
    assert everything() == first
    assert read_record(home) == record


def test_a_town_opened_again_has_its_old_addresses_and_start(home: Path) -> None:
    with town.running(home) as at:
        first, started = at, town.status(at)["started"]
    with town.running(home) as at:
        assert (at, town.status(at)["started"]) == (first, started)


def test_a_taken_port_stops_the_start_with_a_remedy(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town, "_WAIT_FOR_PORT_SECONDS", 0.1)
    with town.running(home) as at, pytest.raises(AskOperator, match=r"town\.json"), town.running(home):
        pytest.fail(f"two towns at {at.status}")


def test_a_killed_town_comes_back_as_it_was(home: Path) -> None:
    command = [sys.executable, "-m", "runtime.demo.town", "--home", str(home)]
    first = _start(command)
    at = town.wait_open(home)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    with pytest.raises(OSError):
        town.status(at)
    second = _start(command)
    try:
        assert town.wait_open(home) == at
    finally:
        second.terminate()
        out, _ = second.communicate(timeout=10)
    assert second.returncode == 0, "TERM ends it in good order"
    assert out.decode().startswith("the town is open, 9 sites: http://127.0.0.1:")


def test_a_town_that_was_never_opened_has_no_addresses(home: Path) -> None:
    with pytest.raises(RetryLater, match="no town has been opened here yet"):
        town.addresses(home)


def test_a_memory_that_cannot_be_read_says_what_to_do(home: Path) -> None:
    record_path(home).parent.mkdir(parents=True)
    record_path(home).write_text("{", encoding="utf-8")
    with pytest.raises(AskOperator, match=r"town\.json: .* Delete it to open a new town"), town.running(home):
        pytest.fail("opened on a broken memory")


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
