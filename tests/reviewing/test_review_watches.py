"""Watches: made from a search, looked at beforehand, checked, changed, paused; every step noted."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from review_parts import Browser, Town
from werkzeug.test import TestResponse

import store.watches
from chyrak.records import Watch

GOOD = {
    "name": "Gulf",
    "query": "хостес",
    "min_level": "2",
    "recipients": "nurgul@ngo.example",
    "rhythm": "daily",
    "most_a_day": "5",
}


def _save(browser: Browser, **changed: object) -> TestResponse:
    return browser.post("/watches", {**GOOD, **changed}, page="/watches/new")


def _watches(town: Town) -> dict[str, Watch]:
    with town.store.main.read() as c:
        return {w.name: w for w in store.watches.every(c)}


def test_a_watch_is_kept_with_its_owner_and_noted(town: Town) -> None:
    answer = _save(
        town.browser("Aibek"), languages=["ru", "ky"], exploitation="SEX", places="TR, Дубай", quiet_from="22"
    )
    assert answer.status_code == 400
    assert "Quiet hours are two different whole hours" in answer.text
    answer = _save(town.browser("Aibek"), languages=["ru", "ky"], exploitation="SEX", places="TR, Дубай")
    assert answer.status_code == 302
    kept = _watches(town)["Gulf"]
    assert (kept.owner, kept.languages, kept.places) == ("Aibek", ("ru", "ky"), ("TR", "Дубай"))
    assert town.events("watch_added")[0].details == {"name": "Gulf", "query": "хостес"}


def test_a_search_becomes_a_watch_with_its_words_and_ticks(town: Town) -> None:
    browser = town.browser("Aibek")
    address = browser.post("/search", {"query": "паспорт", "level": "3", "lang": "ru"}, page="/search")
    page = browser.get(address.headers["Location"]).text
    link = re.search(r'href="(/watches/new[^"]*)"', page)
    assert link is not None
    form = browser.get(link.group(1).replace("&amp;", "&")).text
    assert 'name="query" value="паспорт"' in form
    assert re.search(r'name="min_level" value="3" checked', form)
    assert re.search(r'name="languages" value="ru" checked', form)
    assert re.search(r'value="aibek@ngo.example" checked', form)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": " "}, "A watch needs a name"),
        ({"min_level": "0"}, "Choose a level from 1 to 4"),
        ({"recipients": ""}, "Nobody would get its mails"),
        ({"rhythm": "yearly"}, "Choose how often"),
        ({"exploitation": "XYZ"}, "not known"),
        ({"quiet_from": "25", "quiet_to": "3"}, "two different whole hours"),
        ({"quiet_from": "7", "quiet_to": "7"}, "end when they begin"),
        ({"most_a_day": "no"}, "At least one mail a day"),
        ({"query": "levle:3"}, "Did you mean"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    town: Town, changed: dict[str, str], says: str
) -> None:
    answer = _save(town.browser("Aibek"), **changed)
    assert answer.status_code == 400
    assert says in answer.text
    assert f'name="query" value="{changed.get("query", "хостес")}"' in answer.text
    assert "Gulf" not in _watches(town)


def test_eth_05_mail_goes_to_people_of_this_deployment_and_to_allowed_addresses_only(
    make_town: Callable[..., Town],
) -> None:
    town = make_town()
    answer = _save(town.browser("Aibek"), recipients="police@state.example")
    assert answer.status_code == 400
    assert "Not on the allow list: police@state.example" in answer.text
    town = make_town(mail={"allowed_recipients": ["desk@ngo.example", "@partner.example"]})
    browser = town.browser("Aibek")
    assert _save(browser, recipients="nurgul@ngo.example").status_code == 400
    assert _save(browser, recipients="desk@ngo.example", other_recipients="a@partner.example").status_code == 302
    assert _watches(town)["Gulf"].recipients == ("desk@ngo.example", "a@partner.example")


def test_eth_14_looking_at_what_a_watch_would_find_is_noted_and_keeps_nothing(town: Town) -> None:
    page = town.browser("Aibek").post("/watches/look", GOOD, page="/watches/new", HX_Request="true").text
    assert "<html" not in page
    assert "2 in the whole index" in page
    event = town.events("watch_looked")[0]
    assert (event.who, event.details["query"]) == ("Aibek", "хостес")
    assert set(event.details["shown"]) == {town.ids["hostess"], town.ids["hostess_repost"]}
    assert "Gulf" not in _watches(town)


def test_eth_08_no_watch_finds_a_plea(town: Town) -> None:
    form = {**GOOD, "query": "почку", "min_level": "1"}
    page = town.browser("Nurgul").post("/watches/look", form, page="/watches/new", HX_Request="true").text
    assert "0 in the whole index" in page


def test_a_phone_in_a_watch_is_kept_as_its_link(town: Town) -> None:
    assert _save(town.browser("Aibek"), query="+996 555 000 123").status_code == 302
    query = _watches(town)["Gulf"].query
    assert query.startswith("contact:")
    assert "555" not in query.replace(query.split(":")[1], "")
    assert _save(town.browser("Nurgul"), query="+996 555 000 123", name="Other").status_code == 400


def test_a_change_keeps_owner_and_pause_and_is_noted(town: Town) -> None:
    browser = town.browser("Sabina")
    browser.post("/watches/w1/pause", {"paused": "yes"}, page="/watches")
    assert _save(browser, id="w1", name="Renamed").status_code == 302
    kept = _watches(town)["Renamed"]
    assert (kept.id, kept.owner, kept.paused) == ("w1", "Nurgul", True)
    assert town.events("watch_changed")[0].subject == "w1"


def test_a_pause_stops_it_and_letting_it_run_is_noted_too(town: Town) -> None:
    browser = town.browser("Admin")
    assert "is paused" in browser.get(browser.post("/watches/w1/pause", {"paused": "yes"}).headers["Location"]).text
    assert _watches(town)["Gulf hostess"].paused
    browser.post("/watches/w1/pause", {"paused": "no"})
    assert not _watches(town)["Gulf hostess"].paused
    assert [len(town.events(a)) for a in ("watch_paused", "watch_resumed")] == [1, 1]


def test_an_unknown_watch_is_not_there(town: Town) -> None:
    browser = town.browser("Aibek")
    assert browser.get("/watches/none").status_code == 404
    assert _save(browser, id="none").status_code == 404
    assert browser.post("/watches/none/pause", {"paused": "yes"}).status_code == 404
