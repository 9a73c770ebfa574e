"""The queue: order, filters, campaigns in one line, paging, setting aside, and pleas in a queue of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from review_adverts import ADVERTS
from review_parts import Town

from review.waiting import PAGE, Wanted, waiting


def _listed(town: Town, page: str) -> list[str]:
    names = {key: name for name, key in town.ids.items()}
    return [names[key] for key in re.findall(r'<h2><a href="/posting/([0-9a-f]{64})"', page)]


def _headings(page: str) -> list[str]:
    return re.findall(r'<h2><a[^>]*href="/posting/[0-9a-f]{64}"[^>]*>([^<]*)', page)


def test_the_highest_level_comes_first_and_then_the_oldest(town: Town) -> None:
    assert _listed(town, town.browser("Aibek").get("/queue").text) == ["teens", "hostess", "scam", "shift"]


def test_a_campaign_is_one_line_with_its_count(town: Town) -> None:
    page = town.browser("Aibek").get("/queue").text
    assert "2 adverts in its campaign" in page
    assert "Анталья" not in page


def test_a_campaign_shows_the_first_member_that_the_filters_let_through(town: Town) -> None:
    assert _listed(town, town.browser("Aibek").get("/queue?source=old_board").text) == ["hostess_repost"]


def test_the_filters_narrow_by_language_type_source_state_and_level(town: Town) -> None:
    browser = town.browser("Aibek")
    for query, expected in (
        ("language=ky", ["teens"]),
        ("type=CRIM", ["scam"]),
        ("type=SEX.NIGHT", ["hostess"]),
        ("source=osh_board&level=3", ["hostess", "scam"]),
        ("state=disagreement", []),
        ("level=2", ["shift"]),
    ):
        assert _listed(town, browser.get(f"/queue?{query}").text) == expected, query


def test_the_deadline_is_shown_and_a_missed_one_stands_out(town: Town) -> None:
    page = town.browser("Aibek").get("/queue").text
    assert page.count('class="due late"') == 2  # four hours for level 4 and a day for level 3 are over
    assert "to be read" in page


def test_paging_by_key_shows_every_advert_once_however_many_there_are(town: Town) -> None:
    shift = next(a for a in ADVERTS if a.name == "shift")
    for number in range(PAGE + 10):
        town.keep(replace(shift, name=f"shift{number}"), age=timedelta(hours=number))
    found: list[str] = []
    after = None
    with town.store.main.read() as c:
        for _ in range(5):
            page = waiting(c, Wanted(), after=after, aside=frozenset())
            found += [row.posting_id for row in page.rows]
            after = page.next
            if after is None:
                break
    assert len(found) == len(set(found)) == 4 + PAGE + 10
    browser = town.browser("Aibek")
    first = browser.get("/queue").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = browser.get(following.group(1).replace("&amp;", "&")).text
    assert not set(_listed(town, first)) & set(_listed(town, second))


def test_a_broken_place_in_the_queue_is_refused_with_a_way_out(town: Town) -> None:
    answer = town.browser("Aibek").get("/queue?after=zzz")
    assert answer.status_code == 400
    assert "first page" in answer.text


def test_eth_29_an_advert_is_set_aside_without_a_reason_and_stays_for_others(town: Town) -> None:
    browser = town.browser("Aibek")
    answer = browser.post(f"/posting/{town.ids['teens']}/skip")
    assert answer.headers["Location"] == f"/posting/{town.ids['hostess']}"
    page = browser.get("/queue").text
    assert _listed(town, page) == ["hostess", "scam", "shift"]
    assert "set 1 advert aside" in page
    assert "teens" in _listed(town, town.browser("Nurgul").get("/queue").text)
    assert not any("skip" in event.action for event in town.events("queue_read"))


def test_eth_08_a_plea_is_in_no_queue_of_offers_and_only_a_caseworker_sees_it(town: Town) -> None:
    plea = f"/posting/{town.ids['plea']}"
    for name in ("Aibek", "Sabina", "Rustam"):
        browser = town.browser(name)
        assert browser.get(plea).status_code == 404
        assert "продам почку" not in browser.get("/search").text
    caseworker = town.browser("Nurgul")
    assert "продам почку" not in caseworker.get("/queue").text
    assert "продам почку" in caseworker.get("/protection").text
    page = caseworker.get(plea).text
    assert "may need help" in page
    assert 'class="chip level' not in page.split('<div class="dossier">')[0]


def test_eth_14_seeing_the_queues_is_noted_with_what_was_shown(town: Town) -> None:
    town.browser("Nurgul").get("/queue")
    town.browser("Nurgul").get("/protection")
    assert town.events("queue_read")[0].details["shown"] == [
        town.ids[name] for name in ("teens", "hostess", "scam", "shift")
    ]
    assert town.events("protection_read")[0].details["shown"] == [town.ids["plea"]]


def test_the_tally_counts_what_nobody_has_decided_and_what_is_flagged(town: Town) -> None:
    town.browser("Sabina").post(f"/posting/{town.ids['scam']}/decide", {"rev": 1, "outcome": "unfounded"})
    page = town.browser("Aibek").get("/queue").text
    tally = re.findall(r"<strong>(\d+)</strong> <span class=\"quiet\">undecided of (\d+)</span>", page)
    assert tally == [("1", "1"), ("2", "3"), ("1", "1")]


def test_a_row_names_the_heaviest_signs(town: Town) -> None:
    page = town.browser("Aibek").get("/queue?source=old_board").text
    assert "dim-purpose" in page.split('class="sign-line"')[1].split("</p>")[0]


def test_a_title_with_a_phone_in_it_is_masked_in_the_queue(town: Town) -> None:
    shift = next(a for a in ADVERTS if a.name == "shift")
    number = "8 701 555 00 12"
    town.keep(
        replace(
            shift,
            name="titled",
            title=f"Работа на складе {number}",
            text=f"Вахта {number}",
            present=(),
            protective=(),
            contacts=(),
        )
    )
    page = town.browser("Aibek").get("/queue").text
    assert number not in page
    assert any(h.startswith("Работа на складе •••12") for h in _headings(page))


def test_the_state_of_the_works_is_shown_on_every_page(town: Town) -> None:
    page = town.browser("Aibek").get("/queue").text
    assert "adverts to read" in page
    assert "behind" in page
