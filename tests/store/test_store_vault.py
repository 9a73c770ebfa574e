"""Raw contacts stand nowhere but sealed (ETH-10), keys are private, and a wrong key is noticed at once."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path

import pytest
from store_examples import AS_WRITTEN, PHONE, advert, reading, sighting

from chyrak.errors import AskOperator, WrongUsage
from chyrak.settings import load_settings
from store import Store, audit, open_store, postings, readings
from store.keys import add_cipher_key, load_keys
from store.vault import Vault, of


def test_eth_10_the_bytes_of_the_database_hold_no_contact_the_vault_keeps(home: Path, vault: Vault, now: datetime):
    opened = open_store(load_settings(home))
    with opened.main.begin() as c:
        key = advert(c, vault, now, text="Звоните, номер у администратора")
        (kept,) = of(c, [key])[key]
        vault.reveal(c, kept.id, who="aigul", reason="case 12", now=now)
    opened.close()
    dump = b"".join(file.read_bytes() for file in home.glob("*.db*"))
    assert kept.link.encode() in dump, "the dump must hold the row at all"
    for raw in (PHONE, PHONE[1:], AS_WRITTEN, AS_WRITTEN.replace(" ", "").replace("-", "")):
        assert raw.encode() not in dump


def test_eth_10_a_reading_remembers_where_a_contact_stands_and_not_its_letters(
    store: Store, vault: Vault, now: datetime
):
    with store.main.begin() as c:
        found = readings.latest(c, advert(c, vault, now))
    assert found is not None
    (contact,) = found.contacts
    assert (contact.value, contact.masked) == ("", "+996 *** 42")
    assert contact.span is not None
    assert (contact.span.start, contact.span.end, contact.span.text) == (6, 19, "")


def test_the_same_contact_links_adverts_and_another_kind_or_key_does_not(vault: Vault, tmp_path: Path):
    assert vault.link("phone", PHONE) == vault.link("phone", PHONE)
    assert vault.link("phone", PHONE) != vault.link("whatsapp", PHONE)
    assert vault.link("phone", PHONE) != Vault(load_keys(tmp_path / "other")).link("phone", PHONE)


def test_a_contact_an_edit_takes_away_is_no_longer_kept(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        key = advert(c, vault, now)
        postings.keep(c, sighting(now, "Нужен повар, пишите"))
        readings.record(c, reading(key, rev=2, phone=""), vault, now)
        assert of(c, [key]) == {key: []}


def test_a_reveal_of_an_unknown_contact_is_refused_and_leaves_no_event(store: Store, vault: Vault, now: datetime):
    with store.main.begin() as c:
        with pytest.raises(WrongUsage, match="no contact 99"):
            vault.reveal(c, 99, who="aigul", reason="case", now=now)
        assert audit.tail(c, 1) == []


def test_a_store_opened_with_the_keys_of_another_is_noticed_before_anything_is_linked(
    store: Store, vault: Vault, now: datetime, tmp_path: Path
):
    stranger = Vault(load_keys(tmp_path / "other"))
    with store.main.begin() as c:
        key = advert(c, vault, now)
        (kept,) = of(c, [key])[key]
        with pytest.raises(AskOperator, match="does not fit"):
            stranger.reveal(c, kept.id, who="aigul", reason="case", now=now)
        assert audit.tail(c, 1) == []
    with pytest.raises(AskOperator, match=r"Restore the folder keys/"), store.main.begin() as c:
        advert(c, stranger, now, url="https://board.example/2")


def test_contacts_sealed_before_a_rotation_open_after_it_and_the_old_key_can_go(
    store: Store, vault: Vault, now: datetime, home: Path
):
    file = home / "keys" / "contact-cipher.key"
    with store.main.begin() as c:
        key = advert(c, vault, now)
        (kept,) = of(c, [key])[key]
    add_cipher_key(home)
    newer = Vault(load_keys(home))
    with store.main.begin() as c:
        assert newer.reveal(c, kept.id, who="a", reason="case", now=now) == PHONE
        assert newer.rotate(c) == 1
    file.write_text(file.read_text().splitlines()[0])
    with store.main.begin() as c:
        assert Vault(load_keys(home)).reveal(c, kept.id, who="a", reason="case", now=now) == PHONE


def test_keys_are_made_once_and_only_their_owner_may_read_them(home: Path):
    assert load_keys(home) == load_keys(home)
    files = sorted((home / "keys").iterdir())
    assert [file.name for file in files] == [
        "contact-cipher.key",
        "contact-link.key",
        "password.key",
        "web-session.key",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len({file.read_text() for file in files}) == 4
    assert PHONE not in repr(load_keys(home))


@pytest.mark.parametrize(("content", "fault"), [("", "no key"), ("abcd", "no key"), ("words", "no readable key")])
def test_a_broken_key_is_never_replaced_by_a_new_one(home: Path, content: str, fault: str):
    load_keys(home)
    file = home / "keys" / "contact-cipher.key"
    file.write_text(content)
    with pytest.raises(AskOperator, match=fault):
        load_keys(home)
    assert file.read_text() == content


def test_a_key_others_may_read_is_refused(home: Path):
    load_keys(home)
    (home / "keys" / "contact-link.key").chmod(0o644)
    with pytest.raises(AskOperator, match="chmod 600"):
        load_keys(home)
