"""The way from the store to the index: what reaches it, what is held back, and what happens when it is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from structlog.testing import capture_logs
from sync_helpers import NOW, PHONE, drain, read, see, town_at

from chyrak.errors import AskOperator, RetryLater
from chyrak.records import Watch
from indexer import Removal, SearchRequest, parse
from runtime import indexing
from runtime.context import Context
from runtime.health import examine
from runtime.reconciling import glance, keep_in_step, reconcile, swap_back
from runtime.reindexing import alone, reindex
from runtime.stages import sync
from store import erasure, matches, postings, retention, watches, worklist

KINDS = ["tantivy", "elasticsearch 8.19.16"]


@pytest.fixture(params=KINDS)
def town(request: pytest.FixtureRequest, home: Path) -> Iterator[Context]:
    """A store and an empty index, once for each engine."""
    url = ""
    if request.param != "tantivy":
        url = request.getfixturevalue("index_url")(request.param.partition(" ")[2])
    context = town_at(home, url)
    yield context
    context.close()


def found(town: Context, query: str = "") -> dict[str, str]:
    town.engine.refresh()
    return {h.document.id: h.document.text for h in town.engine.search(SearchRequest(parse(query), limit=1000)).hits}


def test_an_emptied_advert_that_returns_with_a_new_text_is_found_again(town):
    key = see(town, "Нужен повар")
    read(town, key, level=0)
    drain(town)
    assert found(town) == {key: "Нужен повар"}
    with town.store.main.begin() as c:
        assert retention.expire(c, NOW + timedelta(days=40)).unflagged == 1
    drain(town)
    assert found(town) == {}
    see(town, "Снова нужен повар", hours=24 * 41)
    read(town, key)
    drain(town)
    assert found(town) == {key: "Снова нужен повар"}


def test_an_erased_advert_leaves_the_index_and_its_address_is_never_indexed_again(town):
    key = see(town, "Нужен повар")
    read(town, key)
    drain(town)
    with town.store.main.begin() as c:
        erasure.erase_url(c, "https://board.example/1", who="a", reason="asked", now=NOW)
    drain(town)
    assert found(town) == {}
    see(town, "Снова нужен повар", hours=5)
    drain(town)
    assert found(town) == {}


def test_a_writer_that_was_slow_does_not_bring_an_erased_advert_back(town):
    key = see(town, "Нужен повар")
    read(town, key)
    slow = indexing.prepare(town, [key])
    assert slow.documents
    with town.store.main.begin() as c:
        erasure.erase_url(c, "https://board.example/1", who="a", reason="asked", now=NOW)
    drain(town)
    with town.engine.writer():
        town.engine.apply(indexing.still_so(town, slow.changes))
    assert found(town) == {}


def test_eth_10_an_edited_text_waits_for_its_own_reading_before_it_is_indexed(town):
    key = see(town, f"Нужен повар. Звоните {PHONE}")
    read(town, key)
    drain(town)
    assert list(found(town).values()) == ["Нужен повар. Звоните +996 *** 01"]
    see(town, "Очень нужен повар на кухню. Пишите: пять пять пять, @aliya_kg", hours=1)
    with town.store.main.begin() as c:
        postings.touch(c, [key], NOW)  # a decision, a campaign, anything may ask for the sync meanwhile
    drain(town)
    assert list(found(town).values()) == ["Нужен повар. Звоните +996 *** 01"], "what was masked stays"
    read(town, key)
    drain(town)
    assert [text.partition(".")[0] for text in found(town).values()] == ["Очень нужен повар на кухню"]


def test_eth_10_an_advert_nobody_has_read_is_not_indexed(town):
    key = see(town, "Пишите @aliya_kg")
    with town.store.main.begin() as c:
        postings.touch(c, [key], NOW)
    drain(town)
    assert found(town) == {}
    read(town, key)
    drain(town)
    assert found(town).keys() == {key}


def test_a_match_names_the_revision_whose_text_was_matched(town):
    with town.store.main.begin() as c:
        watches.save(c, Watch("w", "all", "повар", 2, ("osh@ngo.example",), "daily", "aigul"))
    key = see(town, "Нужен повар")
    see(town, "Нужен хороший повар", hours=1)
    read(town, key)
    drain(town)
    with town.store.main.read() as c:
        assert [match.rev for match in matches.for_posting(c, key)] == [2]


def test_a_lost_index_is_filled_again_by_the_next_sync_and_says_so(home):
    town = town_at(home)
    keys = {see(town, "Нужен повар", url=f"https://board.example/{n}") for n in range(3)}
    for key in keys:
        read(town, key)
    drain(town)
    assert found(town).keys() == keys
    town.close()
    shutil.rmtree(home / "index")
    town = town_at(home)
    finding = next(f for f in examine(town.settings) if f.what == "index")
    assert not finding.good
    assert "`chyrak reindex`" in finding.says
    with capture_logs() as logs:
        drain(town)  # although nothing is due
    assert any("chyrak reindex" in entry["event"] for entry in logs)
    assert found(town).keys() == keys
    assert next(f for f in examine(town.settings) if f.what == "index").good
    town.close()


def test_an_index_folder_that_is_lost_under_a_running_worker_is_filled_again(home):
    town = town_at(home)
    first = see(town, "Нужен повар")
    read(town, first)
    drain(town)
    shutil.rmtree(home / "index")
    second = see(town, "Нужна няня", url="https://board.example/2")
    read(town, second)
    drain(town)
    assert found(town).keys() == {first, second}
    town.close()


def test_what_changes_while_the_index_is_filled_anew_is_not_missed(town, monkeypatch):
    stays = see(town, "Нужен повар", url="https://board.example/1")
    goes = see(town, "Нужна няня", url="https://board.example/2")
    for key in (stays, goes):
        read(town, key)
    drain(town)

    def prepare_then_erase(context, ids):
        prepared = indexing.prepare(context, ids)
        with context.store.main.begin() as c:
            if postings.get(c, goes):
                erasure.erase_url(c, "https://board.example/2", who="a", reason="asked", now=NOW)
                postings.touch(c, [stays], NOW)
        return prepared

    monkeypatch.setattr("runtime.reindexing.prepare", prepare_then_erase)
    reindex(town)
    drain(town)
    assert found(town).keys() == {stays}
    with town.store.main.read() as c:
        assert town.engine.version_of([stays, goes]) == {stays: postings.index_versions(c, [stays])[stays]}


def test_a_server_that_is_away_keeps_the_work_and_not_the_alerts_waiting(home):
    town = town_at(home, "elasticsearch+http://127.0.0.1:9/none")
    with town.store.main.begin() as c:
        watches.save(c, Watch("w", "all", "повар", 2, ("osh@ngo.example",), "daily", "aigul"))
    key = see(town, "Нужен повар")
    read(town, key)
    assert sync.drain(town, 100) == 0
    with town.store.main.read() as c:
        assert [match.posting_id for match in matches.for_posting(c, key)] == [key]
        assert worklist.counts(c, NOW)["sync"].waiting == 1
        assert worklist.dead_letters(c) == []
    town.close()


def test_an_id_the_store_never_had_is_left_to_the_comparison(town):
    assert indexing.prepare(town, ["nobody"]).changes == ()


def filled_with(town: Context, count: int) -> list[str]:
    keys = [see(town, f"Нужен повар {n}", url=f"https://board.example/{n}") for n in range(count)]
    for key in keys:
        read(town, key)
    drain(town)
    town.engine.refresh()
    assert town.engine.count() == count
    return keys


def test_a_reindex_can_be_swapped_back_without_losing_what_came_since(town):
    keys = filled_with(town, 3)
    unread = see(town, "Нужна няня", url="https://board.example/unread")
    filled = reindex(town)
    assert (filled.adverts, filled.unread, filled.failed, filled.sampled) == (3, 1, 0, 4)
    read(town, unread)
    drain(town)
    assert found(town).keys() == {*keys, unread}
    assert not swap_back(town), "it was written on"
    assert found(town).keys() == {*keys, unread}


def test_a_reindex_that_would_lose_adverts_leaves_the_old_index_in_place(town, monkeypatch):
    keys = filled_with(town, 3)

    with monkeypatch.context() as patch:
        patch.setattr("runtime.reindexing._still_so", lambda *given: [])
        with pytest.raises(AskOperator, match="not what the store holds"):
            reindex(town)
    assert found(town).keys() == set(keys)
    assert town.engine.beside() is None


def test_only_one_process_fills_the_index(town):
    with alone(town), pytest.raises(RetryLater, match="Another process"):
        reindex(town)
    reindex(town)


def test_what_was_lost_behind_the_back_of_the_work_list_is_repaired_and_reported(town):
    keys = filled_with(town, 5)
    held = town.engine.documents(keys)
    town.engine.apply([Removal(keys[0], held[keys[0]].version)])
    town.engine.apply([replace(held[keys[1]], text="другое")])
    town.engine.apply([replace(held[keys[2]], id="orphan")])
    with capture_logs() as logs:
        drift = reconcile_until_clean(town)
    assert (drift["missing"], drift["orphans"], drift["torn"], drift["ahead"]) == (1, 1, 1, 0)
    assert any("put in step" in entry["event"] for entry in logs)
    assert found(town) == {key: f"Нужен повар {n}" for n, key in enumerate(keys)}


def reconcile_until_clean(town: Context) -> dict[str, int]:
    """Contents are compared by sample: the sum of as many comparisons as it takes to have met every advert."""
    total = dict.fromkeys(("missing", "orphans", "torn", "ahead"), 0)
    for _ in range(60):
        for name, count in asdict(reconcile(town)).items():
            total[name] += count
    return total


def test_an_index_ahead_of_a_restored_store_is_filled_anew(town):
    keys = filled_with(town, 3)
    held = town.engine.documents(keys)
    town.engine.apply([replace(held[keys[0]], version=99, text="из будущего")])
    assert reconcile(town).ahead == 1
    assert found(town) == {key: f"Нужен повар {n}" for n, key in enumerate(keys)}
    read(town, keys[0], level=3)
    drain(town)
    assert found(town, "level:3").keys() == {keys[0]}, "the store's own versions count again"


def test_an_unread_advert_is_no_drift(town):
    filled_with(town, 2)
    see(town, "Нужна няня", url="https://board.example/unread")
    assert not reconcile(town)


def forget_work(town: Context, key: str) -> None:
    with town.store.main.begin() as c:
        worklist.drop(c, [key])


def test_the_night_leaves_an_index_alone_that_is_being_filled(home):
    town = town_at(home)
    town.engine.begin_beside()
    with alone(town):
        assert keep_in_step(town) is not None
    assert town.engine.beside() is not None
    town.close()


def test_a_comparison_is_due_once_an_hour_and_once_a_night(home):
    town = town_at(home)
    with time_machine.travel(datetime(2026, 10, 1, 10, tzinfo=UTC), tick=False) as clock:
        assert keep_in_step(town) is not None, "the first of all"
        assert keep_in_step(town) is not None
        assert keep_in_step(town) is None
        clock.shift(3601)
        assert keep_in_step(town) is not None
        assert keep_in_step(town) is None
        clock.shift(24 * 3600)
        reindex(town)
        key = see(town, "Нужен повар")
        read(town, key)
        assert keep_in_step(town) is None, "what waits on the work list is no drift"
        forget_work(town, key)
        assert keep_in_step(town) is not None
        assert town.engine.beside() is None, "the night drops the index kept for swapping back"
    town.close()


def test_a_glance_sees_a_count_that_cannot_be(town):
    keys = filled_with(town, 2)
    held = town.engine.documents(keys)
    town.engine.apply([replace(held[keys[0]], id=f"orphan{n}") for n in range(3)])
    town.engine.refresh()
    assert glance(town).orphans == 3
    assert found(town).keys() == set(keys)
