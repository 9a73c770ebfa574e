"""The page of one advert: text with its evidence, masks, reveal, edits, campaign, what a level asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from review_adverts import ADVERTS, PHONE
from review_parts import NOW, Town

from chyrak.records import Kind, Level, Match, Sighting
from store import campaigns, matches, postings

HIDDEN = ("555 000 123", "555000123", PHONE, "Айгерим")


def _page(town: Town, name: str, who: str = "Aibek") -> str:
    answer = town.browser(who).get(f"/posting/{town.ids[name]}")
    assert answer.status_code == 200
    return answer.text


def _advert(page: str) -> str:
    return page.split('class="advert-text')[1].split("</section>")[0]


def test_the_text_is_whole_and_its_evidence_is_marked_with_the_indicator(town: Town) -> None:
    advert = _advert(_page(town, "hostess"))
    assert re.search(
        r'<mark class="sign present dim-[a-z]+"[^>]*title="I24 [^"]*">паспорт хранится у администратора</mark>', advert
    )
    assert re.search(r'<mark class="sign denied[^>]*>Без интима</mark>', advert)
    words = re.sub(r"<sup.*?</sup>|<[^>]+>", "", advert)
    assert "Требуются девушки 18-25 лет, приятной внешности, без опыта." in words


def test_eth_04_reasons_states_engine_and_meaning_of_the_score_are_shown(town: Town) -> None:
    page = _page(town, "hostess")
    for part in ("I31", "I04", "I05", "I17", "I24", "R02", "Not stated", "Denied in the text", "starter-1", "80%"):
        assert part in page, part
    assert "It is not the likelihood of an offence" in page
    assert "P04" in _page(town, "shift")


def test_eth_06_contacts_and_names_are_masked_until_an_investigator_gives_a_reason(town: Town) -> None:
    page = _page(town, "hostess")
    for hidden in HIDDEN:
        assert hidden not in page, hidden
    assert "•••23" in page


def test_eth_06_a_reveal_shows_one_contact_once_and_is_noted_with_its_reason(town: Town) -> None:
    browser, key = town.browser("Aibek"), town.ids["hostess"]
    number = re.search(rf"/posting/{key}/reveal/(\d+)", browser.get(f"/posting/{key}").text)
    assert number is not None
    path = f"/posting/{key}/reveal/{number.group(1)}"
    refused = browser.post(path, {"reason": "  "})
    assert refused.status_code == 400
    assert PHONE not in refused.text
    assert not town.events("reveal")
    shown = browser.post(path, {"reason": "case 17, asked by the unit"})
    assert PHONE in shown.text
    assert browser.post(path, {"reason": "case 17"}, HX_Request="true").text.startswith("<li id=")
    assert PHONE not in browser.get(f"/posting/{key}").text
    event = town.events("reveal")[-1]
    assert (event.who, event.subject, event.details["reason"]) == ("Aibek", key, "case 17, asked by the unit")
    assert PHONE not in str(town.events("reveal"))


def test_a_contact_is_revealed_only_on_the_page_of_its_own_advert(town: Town) -> None:
    browser, key = town.browser("Aibek"), town.ids["hostess"]
    number = re.search(rf"/posting/{key}/reveal/(\d+)", browser.get(f"/posting/{key}").text)
    assert number is not None
    other = browser.post(f"/posting/{town.ids['cook']}/reveal/{number.group(1)}", {"reason": "case 17"})
    assert other.status_code == 404
    assert not town.events("reveal")


def test_names_in_the_text_are_shown_to_an_investigator_for_a_reason_and_the_phone_is_not(town: Town) -> None:
    browser, key = town.browser("Aibek"), town.ids["hostess"]
    assert browser.post(f"/posting/{key}/names", {"reason": ""}).status_code == 400
    page = browser.post(f"/posting/{key}/names", {"reason": "case 17"}).text
    assert "Айгерим" in page
    assert "555 000 123" not in page
    assert town.events("names_revealed")[0].details["reason"] == "case 17"


def test_eth_14_reading_an_advert_is_noted_with_the_revision_and_nothing_of_its_text(town: Town) -> None:
    _page(town, "hostess")
    event = town.events("advert_read")[0]
    assert (event.who, event.subject) == ("Aibek", town.ids["hostess"])
    assert event.details == {"rev": 1, "level": 3}


def test_eth_32_level_4_shows_the_written_steps_and_what_not_to_do(town: Town) -> None:
    page = _page(town, "teens")
    for part in ("what to do now", "do not pose as an applicant", "Do not write to or call", "on-duty person"):
        assert part in page
    assert "what to do now" not in _page(town, "hostess")


def test_eth_30_a_help_line_is_shown_only_while_its_check_is_fresh(town: Town) -> None:
    assert "No help line was checked" in _page(town, "teens")
    line = '{country: KG, name: Line of this test, phone: "100", verified_on: 2026-11-01, verified_by: N. N.}'
    (town.settings.home / "helplines.yaml").write_text(f"lines:\n  - {line}\n", encoding="utf-8")
    assert "Line of this test" in _page(town, "teens")


def test_eth_31_recruited_people_are_said_not_to_be_to_blame_where_the_type_asks_for_it(town: Town) -> None:
    assert "non-punishment principle" in _page(town, "scam")
    assert "non-punishment principle" not in _page(town, "shift")


def test_facts_are_shown_in_the_words_of_the_reader(town: Town) -> None:
    page = _page(town, "hostess")
    for part in ("offers work", "night venue", "2,500 USD", "a month", "Стамбул (TR): destination", "Russian"):
        assert part in page, part


def test_an_edit_is_shown_word_by_word(town: Town) -> None:
    advert = next(a for a in ADVERTS if a.name == "cook")
    with town.store.main.begin() as c:
        text = advert.text.replace("40 000 сом", "90 000 сом")
        postings.keep(c, Sighting("osh_board", advert.url, Kind.ADVERT, advert.title, text, NOW + timedelta(hours=1)))
    page = _page(town, "cook")
    assert "<del>40</del>" in page
    assert "<ins>90</ins>" in page
    assert "Revision 2 has come since" in page


def test_an_advert_that_was_not_read_yet_can_be_seen_and_not_decided(town: Town) -> None:
    with town.store.main.begin() as c:
        sighting = Sighting("osh_board", "https://board.example/new", Kind.ADVERT, "Новое", "Тел 0555 000 199", NOW)
        kept = postings.keep(c, sighting)
    page = town.browser("Aibek").get(f"/posting/{kept.posting_id}").text
    assert "not read yet" in page
    assert "0555 000 199" not in page
    assert "/decide" not in page


def test_the_campaign_lists_its_other_members_and_never_their_contacts(town: Town) -> None:
    page = _page(town, "hostess")
    assert "Campaign of 2 adverts" in page
    assert f"/posting/{town.ids['hostess_repost']}" in page
    assert "000 124" not in page


def test_eth_04_every_sign_stands_beside_the_text_with_the_words_that_show_it(town: Town) -> None:
    page = town.browser("Aibek").get(f"/posting/{town.ids['hostess']}").text
    why = page.split('id="why-title"')[1].split("</section>")[0]
    for words in ("девушки 18-25 лет", "паспорт хранится у администратора", "Без интима"):
        assert re.search(rf"<q[^>]*>{words}</q>", why), words


def test_what_varies_in_a_campaign_is_shown_masked(town: Town) -> None:
    values = [["Айгерим +996 555 000 123", "Нурлан +996 555 000 124"], ["Стамбул", "Анталья"], ["18", "18"]]
    with town.store.main.begin() as c:
        campaigns.set_shape(c, town.ids["hostess"], "Хостес {2}, {3}-25, {1}", values)
    page = town.browser("Aibek").get(f"/posting/{town.ids['hostess']}").text
    assert '<span class="chip">Анталья</span>' in page
    assert "Нурлан" not in page
    assert "{3}</span>" not in page


def test_eth_08_whoever_seeks_help_or_work_is_no_sibling_of_an_advert(town: Town) -> None:
    with town.store.main.begin() as c:
        campaigns.join(c, [town.ids["hostess"], town.ids["plea"]], NOW)
    for name in ("Aibek", "Nurgul"):
        page = town.browser(name).get(f"/posting/{town.ids['hostess']}").text
        assert "Campaign of 2 adverts" in page
        assert "продам почку" not in page
    assert "Campaign of" not in town.browser("Nurgul").get(f"/posting/{town.ids['plea']}").text


def test_an_edited_advert_stays_at_the_level_of_its_waiting_alert(town: Town) -> None:
    shift = next(a for a in ADVERTS if a.name == "shift")
    with town.store.main.begin() as c:
        matches.record(c, [Match("m-shift", "w1", town.ids["shift"], 1, 3, (), None, NOW)])
    town.keep(replace(shift, text=shift.text.replace("штрафы за опоздание", "премии"), level=Level.WATCH, present=()))
    page = town.browser("Aibek").get(f"/posting/{town.ids['shift']}").text
    assert "It stands at level 3" in page
    assert "need two different readers" in page
    assert "<title>Advert, level 3" in page


def test_evidence_names_hash_archive_and_time_of_every_revision(town: Town) -> None:
    page = _page(town, "shift")
    for part in (
        "ab" * 32,
        "2026-11-25.warc.gz:1042",
        "https://board.example/ad/shift",
        town.ids["shift"],
        "24 Nov 2026",
    ):
        assert part in page, part


def test_an_address_that_is_itself_a_way_to_reach_somebody_is_masked(town: Town) -> None:
    from review.masking import mask_url

    assert mask_url("https://wa.me/996555000123?text=hi") == "https://wa.me/•••23?text=hi"
    assert mask_url("https://board.example/ad/1234567890") == "https://board.example/ad/1234567890"


def test_markup_in_an_advert_stays_text(town: Town) -> None:
    cook = next(a for a in ADVERTS if a.name == "cook")
    nasty = replace(
        cook,
        name="nasty",
        title="<script>alert(1)</script>",
        text='<img src=x onerror="x"> {{ 7*7 }}',
        protective=(),
        places=(),
    )
    key = town.keep(nasty)
    page = town.browser("Aibek").get(f"/posting/{key}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page
    assert "&lt;script&gt;" in town.browser("Aibek").get("/search").text


def test_an_erased_or_unknown_advert_gets_a_page_that_says_so(town: Town) -> None:
    answer = town.browser("Aibek").get("/posting/" + "0" * 64)
    assert answer.status_code == 404
    assert "erased on request" in answer.text


@pytest.mark.parametrize("turn", ["blur", "grey"])
def test_eth_29_text_can_be_softened_for_the_rest_of_the_session(town: Town, turn: str) -> None:
    browser = town.browser("Aibek")
    browser.post("/comfort", {"turn": turn})
    assert re.search(rf'<html[^>]*class="[^"]*\b{turn}\b', browser.get("/queue").text)
    browser.post("/comfort", {"turn": turn})
    assert not re.search(r"<html[^>]*class=", browser.get("/queue").text)


def test_eth_29_what_was_read_is_counted_and_a_pause_is_suggested_without_locking_anything(town: Town) -> None:
    browser = town.browser("Aibek")
    assert "1 advert read in this sitting" in browser.get(f"/posting/{town.ids['hostess']}").text
    town.clock.time += timedelta(minutes=55)
    page = browser.get(f"/posting/{town.ids['scam']}").text
    assert "2 adverts read in this sitting" in page
    assert "A pause is fine" in page
    assert "/decide" in page
