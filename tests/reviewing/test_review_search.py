"""The search page: hits, facets, the query kept out of addresses, links by contact and campaign, pleas apart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from review_adverts import ADVERTS, PHONE
from review_parts import Browser, Town

from store import vault


def _found(town: Town, page: str) -> list[str]:
    """Short names of the hits, in the order shown."""
    by_id = {key: name for name, key in town.ids.items()}
    return [by_id[key] for key in re.findall(r'<h3><a class="advert" href="/posting/(\w+)"', page)]


def _ask(browser: Browser, query: str, **ticked: object) -> str:
    answer = browser.post("/search", {"query": query, **ticked}, page="/search")
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"]).text


def _link(town: Town, name: str) -> str:
    with town.store.main.read() as c:
        return vault.of(c, [town.ids[name]])[town.ids[name]][0].link


def test_hits_are_marked_where_the_words_stand(town: Town) -> None:
    page = _ask(town.browser("Aibek"), "хостес")
    assert sorted(_found(town, page)) == ["hostess", "hostess_repost"]
    assert '<mark class="hit">Хостес</mark>' in page


def test_what_was_typed_stands_in_no_address_and_another_session_cannot_read_it(town: Town) -> None:
    browser = town.browser("Aibek")
    address = browser.post("/search", {"query": "паспорт"}, page="/search").headers["Location"]
    assert "паспорт" not in address
    assert "%D0" not in address
    assert 'value="паспорт"' in browser.get(address).text
    other = town.browser("Sabina").get(address).text
    assert 'value="паспорт"' not in other
    assert "belonged to another session" in other


def test_ticked_facets_narrow_and_stay_when_the_query_changes(town: Town) -> None:
    browser = town.browser("Aibek")
    assert _found(town, browser.get("/search?level=3&type=CRIM.SCAM").text) == ["scam"]
    assert _found(town, browser.get("/search?level=3&level=4&lang=ky").text) == ["teens"]
    page = _ask(browser, "хостес", level="3", source="old_board")
    assert _found(town, page) == ["hostess_repost"]
    assert re.search(r'name="source" value="old_board" checked', page)


def test_adverts_with_the_same_contact_are_found_by_its_link_and_never_by_its_digits_on_the_page(town: Town) -> None:
    link = _link(town, "hostess")
    posting = town.browser("Aibek").get(f"/posting/{town.ids['hostess']}").text
    address = f"/search?contact={link}"
    assert f'href="{address}"' in posting
    page = town.browser("Nurgul").get(address).text
    assert _found(town, page) == ["hostess"]
    assert re.search(rf'name="contact" value="{link}" checked', page)


def test_the_members_of_a_campaign_are_found_from_its_card(town: Town) -> None:
    posting = town.browser("Aibek").get(f"/posting/{town.ids['hostess_repost']}").text
    address = re.search(r'href="(/search\?campaign=\w+)"', posting)
    assert address is not None
    assert town.ids["hostess"] in address.group(1)


def test_a_phone_is_searched_by_its_link_and_only_by_an_investigator(town: Town) -> None:
    investigator = town.browser("Aibek")
    page = _ask(investigator, PHONE)
    assert _found(town, page) == ["hostess"]
    assert PHONE[1:] not in page
    answer = town.browser("Nurgul").post("/search", {"query": PHONE}, page="/search")
    assert answer.status_code == 400
    assert "for investigators" in answer.text
    assert not [e for e in town.events("search") if PHONE[1:] in str(e.details)]


def test_eth_14_a_search_is_noted_with_its_query_and_its_count(town: Town) -> None:
    _ask(town.browser("Aibek"), "паспорт", level="3")
    event = town.events("search")[0]
    assert (event.who, event.details["query"], event.details["filters"]) == ("Aibek", "паспорт", {"level": ["3"]})
    assert event.details["total"] == 1


@pytest.mark.parametrize("name", ["Aibek", "Nurgul", "Rustam"])
def test_eth_08_a_plea_never_stands_in_a_list_beside_adverts(town: Town, name: str) -> None:
    browser = town.browser(name)
    assert "plea" not in _found(town, browser.get("/search").text)
    assert _found(town, _ask(browser, "почку")) == []
    assert _found(town, browser.get("/search?stance=SEEK&stance=OFFER&level=0").text) == ["cook"]


def test_eth_08_a_caseworker_finds_pleas_by_asking_for_them_alone(town: Town) -> None:
    assert _found(town, town.browser("Nurgul").get("/search?stance=SEEK").text) == ["plea"]
    assert _found(town, town.browser("Aibek").get("/search?stance=SEEK").text) == []


def test_a_researcher_sees_no_source_and_cannot_filter_by_contact(town: Town) -> None:
    browser = town.browser("Rustam")
    page = browser.get(f"/search?contact={_link(town, 'hostess')}&source=old_board").text
    assert len(_found(town, page)) == 6
    assert "osh_board" not in page
    assert "old_board" not in page


def test_a_query_that_cannot_be_read_is_shown_with_the_place_and_the_hits_stay_away(town: Town) -> None:
    browser = town.browser("Aibek")
    address = browser.post("/search", {"query": "levle:3"}, page="/search").headers["Location"]
    answer = browser.get(address)
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert "Did you mean" in answer.text
    assert "^" in answer.text
    assert _found(town, answer.text) == []


def test_an_unknown_order_is_refused_in_words(town: Town) -> None:
    answer = town.browser("Aibek").get("/search?sort=loudest")
    assert answer.status_code == 400
    assert "There is no such order" in answer.text


def test_paging_shows_every_advert_once(town: Town) -> None:
    shift = next(a for a in ADVERTS if a.name == "shift")
    for n in range(25):
        town.keep(replace(shift, name=f"shift{n}"))
    browser = town.browser("Aibek")
    seen: list[str] = []
    address: str | None = "/search?lang=ru"
    while address:
        page = browser.get(address).text
        seen += _found(town, page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 31


def test_htmx_gets_the_results_alone(town: Town) -> None:
    answer = town.browser("Aibek").get("/search?level=3", HX_Request="true")
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    assert len(_found(town, answer.text)) == 3


def test_an_index_that_is_not_what_the_store_holds_is_said_beside_its_hits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = town.browser("Aibek")
    assert "filled anew" not in browser.get("/search").text
    lost = replace(town.engine.info(), rebuild="the folder was lost")
    monkeypatch.setattr(town.engine, "info", lambda: lost)
    assert "filled anew" in browser.get("/search").text
