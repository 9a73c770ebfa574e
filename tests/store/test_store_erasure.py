"""What is erased stays erased (ETH-12); what is over its time is emptied (ETH-11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import String, cast, select
from store_examples import PHONE, advert, decide, met, person, reading, sighting, watch

from chyrak.errors import WrongUsage
from chyrak.records import Capture
from store import Store, audit, campaigns, erasure, matches, postings, readings, retention, tables, worklist
from store.crawl import captures, pages
from store.vault import Vault, of


def dump(store: Store) -> str:
    """Every value of every table, as text."""
    with store.main.read() as c:
        return "\n".join(
            str(row) for table in tables.main.sorted_tables for row in c.execute(select(*map(_text, table.c))).all()
        )


def _text(column):
    return column if isinstance(column.type, tables.Utc) else cast(column, String)


def test_eth_12_an_erased_address_is_refused_whatever_source_brings_it(store: Store, vault: Vault, now: datetime):
    url = "https://board.example/1"
    with store.main.begin() as c:
        key = advert(c, vault, now)
        assert erasure.erase_url(c, url, who="operator", reason="asked", now=now) == [key]
        for source in ("board", "mirror"):
            assert postings.keep(c, sighting(now, "anything", url, source)).change == "refused"
        (event,) = audit.tail(c, 1)
    assert (event.action, event.subject, event.details) == ("erase", key, {"reason": "asked"})
    assert "повар" not in dump(store).lower()
    assert url not in dump(store)


def test_eth_12_an_erased_contact_is_erased_again_where_it_shows_up_later(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        advert(c, vault, now)
        erasure.erase_contact(c, vault.link("phone", PHONE), who="operator", reason="asked", now=now)
        other = advert(c, vault, now, url="https://board.example/2", text="Другой текст")
        assert postings.get(c, other) is None
        assert readings.latest(c, other) is None
        assert postings.keep(c, sighting(now, "Другой текст", "https://board.example/2")).change == "refused"
        assert postings.keep(c, sighting(now, "Третий", "https://board.example/3")).change == "new"
    assert "Другой" not in dump(store)


def test_eth_12_an_address_can_be_shut_out_before_it_was_ever_read(store: Store, now: datetime):
    url = "https://board.example/7"
    with store.main.begin() as c:
        with pytest.raises(WrongUsage, match="No advert at"):
            erasure.erase_url(c, url, who="operator", reason="asked", now=now)
        erasure.erase_url(c, url, who="operator", reason="asked", now=now, unseen_too=True)
        assert postings.keep(c, sighting(now, url=url)).change == "refused"
        with pytest.raises(WrongUsage, match="reason"):
            erasure.erase_url(c, "https://board.example/8", who="operator", reason=" ", now=now, unseen_too=True)


def test_an_erased_advert_leaves_the_index_with_a_version_above_its_last(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        key = advert(c, vault, now)
        before = postings.index_versions(c, [key])[key]
        erasure.erase_url(c, "https://board.example/1", who="operator", reason="asked", now=now)
        assert postings.index_versions(c, [key])[key] > before
        assert [job.key for job in worklist.claim(c, "sync", 9, now)] == [key]
        assert worklist.claim(c, "read", 9, now) == []
        assert postings.many(c, [key]) == {}


def test_a_campaign_that_loses_its_first_member_is_named_and_shaped_anew(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        keys = [
            advert(c, vault, now + timedelta(hours=n), url=f"https://board.example/{n}", text=f"Нужен повар {n}")
            for n in range(3)
        ]
        assert campaigns.join(c, keys, now) == keys[0]
        campaigns.set_shape(c, keys[0], "Нужен повар {0}", [("0",), ("1",), ("2",)])
        erasure.erase_url(c, "https://board.example/0", who="operator", reason="asked", now=now)
        campaign = campaigns.get(c, keys[1])
        assert campaign is not None
        assert (campaign.members, campaign.template) == ((keys[1], keys[2]), "")
        assert campaigns.get(c, keys[0]) is None
        assert keys[1] in [job.key for job in worklist.claim(c, "group", 9, now + timedelta(hours=5))]
        erasure.erase_url(c, "https://board.example/1", who="operator", reason="asked", now=now)
        assert campaigns.of(c, [keys[2]]) == {}


def test_eth_12_the_crawl_database_forgets_the_address_and_names_the_archived_bytes(store: Store, now: datetime):
    url = "https://board.example/1"
    with store.crawl.begin() as c:
        for number, address in enumerate((url, "https://board.example/2")):
            one = Capture("board", address, address, 200, (), "ab", now, f"w.warc.gz:{number}")
            captures.add(c, one, "posting", None)
            pages.note(c, "board", address, "posting", last_status=200)
        assert captures.forget(c, [url]) == ["w.warc.gz:0"]
        assert pages.get(c, "board", url) is None
        assert [item.capture.url for item in captures.unparsed(c, 9)] == ["https://board.example/2"]


def aged(store: Store, vault: Vault, now: datetime) -> dict[str, str]:
    """One posting of each class of ETH-11, all first seen at `now`."""
    with store.main.begin() as c:
        watch(c)
        found = {}
        for number, level in enumerate((0, 1, 2, 3)):
            found[f"level {level}"] = advert(
                c, vault, now, level=level, url=f"https://board.example/{number}", text=f"Работа {number}"
            )
        found["decided"] = advert(c, vault, now, level=2, url="https://board.example/d", text="Решено")
        met(c, found["decided"], now, level=2)
        decide(c, person(c, "aigul"), found["decided"], now)
        found["unread"] = postings.keep(c, sighting(now, "Не прочитано", "https://board.example/u")).posting_id
        met(c, found["level 2"], now, level=2)
    return found


def test_eth_11_texts_are_emptied_by_class_and_never_before_their_time(store: Store, vault: Vault, now: datetime):
    found = aged(store, vault, now)
    with store.main.begin() as c:
        assert retention.expire(c, now + timedelta(days=30)) == retention.Expired(0, 0)
        assert retention.expire(c, now + timedelta(days=30, seconds=1)) == retention.Expired(1, 0)
        assert set(postings.many(c, list(found.values()))) == set(found.values()) - {found["level 0"]}
        assert retention.expire(c, now + timedelta(days=180, seconds=1)) == retention.Expired(0, 3)
        assert set(postings.many(c, list(found.values()))) == {found["level 3"], found["decided"]}
        assert retention.expire(c, now + timedelta(days=999)) == retention.Expired(0, 0)
        assert postings.counts(c) == {"live": 2, "gone": 0, "expired": 4}
        assert of(c, [found["level 1"]]) == {found["level 1"]: []}
        assert matches.for_posting(c, found["level 2"]) == []
    left = dump(store)
    for gone in ("Работа 0", "Работа 1", "Работа 2", "Не прочитано"):
        assert gone not in left
    assert "Работа 3" in left


def test_eth_11_an_emptied_text_leaves_the_index_and_its_work_is_dropped(store: Store, vault: Vault, now: datetime):
    found = aged(store, vault, now)
    at = now + timedelta(days=181)
    with store.main.begin() as c:
        for job in worklist.claim(c, "sync", 99, now):
            worklist.done(c, job)
        before = postings.index_versions(c, [found["level 0"]])[found["level 0"]]
        retention.expire(c, at)
        gone = {found[name] for name in ("level 0", "level 1", "level 2", "unread")}
        assert {job.key for job in worklist.claim(c, "sync", 99, at)} == gone
        assert not gone & {job.key for job in worklist.claim(c, "read", 99, at)}
        assert postings.index_versions(c, [found["level 0"]])[found["level 0"]] > before
        assert not gone & set(postings.every_id(c))


def test_eth_11_the_same_text_seen_again_is_not_kept_anew_but_a_changed_one_is(
    store: Store, vault: Vault, now: datetime
):
    at = now + timedelta(days=40)
    with store.main.begin() as c:
        key = advert(c, vault, now, level=0)
        retention.expire(c, at)
        assert postings.keep(c, sighting(at)).change == "same"
        assert postings.get(c, key) is None
        readings.record(c, reading(key, 0), vault, at)
        assert readings.latest(c, key) is None
        assert postings.keep(c, sighting(at + timedelta(hours=1), "Совсем другое")).change == "changed"
        posting = postings.get(c, key)
    assert posting is not None
    assert (posting.rev, posting.text) == (2, "Совсем другое")
