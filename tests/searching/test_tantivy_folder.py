"""The index folder: one writer, many readers, and nothing worse than a rebuild whatever happens to its files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chyrak.errors import AskOperator, RetryLater
from indexer import Document, Engine, Removal, SearchRequest, open_engine, parse


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def opened(folder: Path) -> Iterator[Engine]:
    engine = open_engine(f"tantivy://{folder}")
    yield engine
    engine.close()


def _generation(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().strip()


def _total(engine: Engine, text: str) -> int:
    return engine.search(SearchRequest(parse(text))).total


def test_a_second_writer_is_told_to_wait_and_readers_go_on(
    opened: Engine, folder: Path, made: Callable[..., Document]
) -> None:
    other = open_engine(f"tantivy://{folder}")
    with opened.writer():
        opened.apply([made(id="a", title="паспорт")])
        with pytest.raises(RetryLater, match="another process is writing"):
            other.apply([made(id="b", title="паспорт")])
        assert _total(other, "паспорт") == 1
    assert other.apply([made(id="b", title="паспорт")]).ok == ("b",)
    assert _total(opened, "паспорт") == 2


def test_a_writer_that_fails_midway_leaves_the_lock_free(
    opened: Engine, folder: Path, made: Callable[..., Document]
) -> None:
    def fail() -> None:
        with opened.writer():
            raise RuntimeError("a fault of the caller")

    with pytest.raises(RuntimeError):
        fail()
    assert open_engine(f"tantivy://{folder}").apply([made(id="a", title="паспорт")]).ok == ("a",)


def test_a_reader_sees_each_batch_as_soon_as_it_is_written(
    opened: Engine, folder: Path, made: Callable[..., Document]
) -> None:
    reader = open_engine(f"tantivy://{folder}")
    for number in range(1, 6):
        opened.apply([made(id=str(number), title="паспорт")])
        assert _total(reader, "паспорт") == number


def test_searches_in_threads_beside_a_writer_all_succeed(opened: Engine, made: Callable[..., Document]) -> None:
    totals: list[int] = []
    faults: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                totals.append(_total(opened, "паспорт OR rabota"))
            except Exception as fault:
                faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(8):
        opened.apply([made(id=f"{number}-{part}", title="Паспорт") for part in range(10)])
    done.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert _total(opened, "паспорт") == 80
    assert set(totals) <= set(range(0, 81, 10)), "a search saw half a batch"


def test_a_search_does_not_wait_for_a_writer_in_another_thread(opened: Engine, made: Callable[..., Document]) -> None:
    opened.apply([made(id="a", title="паспорт")])
    totals: list[int] = []
    with opened.writer():
        reader = threading.Thread(target=lambda: totals.append(_total(opened, "паспорт")))
        reader.start()
        reader.join(timeout=20)
        assert totals == [1], "the search waits for the writer to end"


def test_a_new_index_says_that_it_must_be_filled(opened: Engine) -> None:
    assert "new" in opened.info().rebuild
    with opened.rebuild():
        pass
    assert opened.info().rebuild == ""


def test_an_index_of_an_older_schema_is_moved_aside_and_reported(
    opened: Engine, folder: Path, made: Callable[..., Document]
) -> None:
    with opened.rebuild() as apply:
        apply([made(id="a", title="паспорт")])
    old = _generation(folder)
    (old / "chyrak.json").write_text(json.dumps({"schema": "0123456789abcdef", "rebuild": ""}))
    again = open_engine(f"tantivy://{folder}")
    assert again.count() == 0
    assert "another version" in again.info().rebuild
    [aside] = folder.glob("*.aside-*")
    assert (aside / "meta.json").exists(), "the old index is kept for whoever wants to look"
    assert aside.name in again.info().rebuild
    assert open_engine(f"tantivy://{folder}").info().rebuild == again.info().rebuild, "remembered until it is filled"
    assert again.apply([made(id="b", title="паспорт")]).ok == ("b",)


@pytest.mark.parametrize("harm", ["meta gone", "meta torn", "segment torn", "segment gone", "note gone", "all gone"])
def test_a_damaged_index_is_replaced_by_an_empty_one_and_reported(
    opened: Engine, folder: Path, made: Callable[..., Document], harm: str
) -> None:
    with opened.rebuild() as apply:
        apply([made(id=str(number), title="паспорт") for number in range(50)])
    opened.close()
    generation = _generation(folder)
    stores = sorted(generation.glob("*.store"))
    if harm == "meta gone":
        (generation / "meta.json").unlink()
    elif harm == "meta torn":
        (generation / "meta.json").write_bytes(b'{"index_settings": {"doc')
    elif harm == "segment torn":
        for path in (*generation.glob("*.idx"), *generation.glob("*.term"), *stores):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif harm == "segment gone":
        for path in (*generation.glob("*.idx"), *generation.glob("*.term"), *stores):
            path.unlink()
    elif harm == "note gone":
        (generation / "chyrak.json").unlink()
    else:
        for path in generation.iterdir():
            path.unlink()
        generation.rmdir()
    again = open_engine(f"tantivy://{folder}")
    assert again.count() == 0
    assert "damaged" in again.info().rebuild
    assert again.apply([made(id="a", title="паспорт")]).ok == ("a",)
    assert _total(again, "паспорт") == 1


def test_a_long_running_reader_moves_to_the_rebuilt_index(
    opened: Engine, folder: Path, made: Callable[..., Document]
) -> None:
    reader = open_engine(f"tantivy://{folder}")
    opened.apply([made(id="old", title="паспорт")])
    assert _total(reader, "паспорт") == 1
    with opened.rebuild() as apply:
        apply([made(id=str(number), title="паспорт") for number in range(3)])
    assert _total(reader, "паспорт") == 3
    assert [path.name for path in folder.glob("g-*")] == [_generation(folder).name], "the old one is deleted"


@pytest.mark.parametrize("url", ["tantivy://host/path", "tantivy://", "tantivy:relative", "solr://x", "nonsense"])
def test_a_url_no_engine_understands_is_explained(url: str) -> None:
    with pytest.raises(AskOperator, match=r"index\.url"):
        open_engine(url)


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AskOperator, match="cannot be used"):
        open_engine(f"tantivy://{tmp_path / 'file' / 'index'}")


def test_kill_nine_during_writes_loses_nothing_acknowledged(folder: Path, made: Callable[..., Document]) -> None:
    url = f"tantivy://{folder}"
    program = str(Path(__file__).with_name("writer_until_killed.py"))
    known: dict[str, int] = {}
    version = 0
    for round_ in range(3):
        command = [sys.executable, program, url, str(version + 2)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged = [writer.stdout.readline() for _ in range(3 + round_)]
            os.kill(writer.pid, signal.SIGKILL)  # in the middle of the next batch
            acknowledged += writer.stdout.readlines()  # what was said before the kill arrived
        for line in acknowledged:
            version = int(line.split()[0])
            known.update(dict.fromkeys(_ids_of(version), version))
        engine = open_engine(url)
        assert "damaged" not in engine.info().rebuild
        found = engine.version_of(known)
        assert {key for key, seen in known.items() if found.get(key, 0) < seen} == set(), (
            "an acknowledged write is gone"
        )
        unspoken = engine.version_of(_ids_of(version + 1))  # committed just before its acknowledgement, or not at all
        assert engine.count() == len(known | unspoken)
        assert len({key for key, seen in unspoken.items() if seen == version + 1}) in (0, 40)
        assert _total(engine, "виза") == engine.count(), "a posting list lacks a document"
        known |= unspoken
    # A replay of everything repairs whatever was lost, and changes nothing that is there.
    with engine.writer():
        replayed = engine.apply([made(id=key, version=99, title="виза") for key in known])
        assert len(replayed.ok) == len(known) == engine.count()
        removed = engine.apply([Removal(key, 99) for key in known])
    assert len(removed.ok) == len(known)
    assert engine.count() == 0


def _ids_of(version: int) -> list[str]:
    """The documents of one batch of `writer_until_killed`."""
    first = version % 7 * 20
    return [f"d{number}" for number in (*range(first, first + 20), *range(1000 + version * 20, 1020 + version * 20))]
