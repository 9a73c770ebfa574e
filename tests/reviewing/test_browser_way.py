"""The way of one advert through the pages, in headless Chromium: from the login to the mail in the sink."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from review_house import NIGHT, House, Visitor

pytestmark = pytest.mark.browser


def test_an_advert_goes_from_login_over_two_readers_search_and_watch_to_the_mail(
    house: House, visitor: Callable[..., Visitor]
) -> None:
    aibek = visitor().log_in("Aibek")
    expect(aibek.get_by_role("heading", level=1)).to_have_text("Queue")
    _open_from_queue(aibek, "Хостес в Стамбул")
    expect(aibek.locator("mark.sign").first).to_be_visible()
    assert "555 000 123" not in aibek.content()
    _reveal_first_contact(aibek, "checking the agency's permit")
    _decide(aibek, "Referred", "age, appearance, passport kept")
    expect(aibek.get_by_role("status")).to_contain_text("waits for a second reader")

    caseworker = visitor()
    nurgul = caseworker.log_in("Nurgul")
    _open_from_queue(nurgul, "Хостес в Стамбул")
    expect(nurgul.get_by_text("Another reader has decided")).to_be_visible()
    assert "age, appearance, passport kept" not in nurgul.content()
    _decide(nurgul, "Referred", "the same campaign as last week")
    expect(nurgul.get_by_role("status")).to_contain_text("Recorded and settled")
    expect(nurgul.get_by_text("age, appearance, passport kept")).to_be_visible()

    _search_and_save_watch(aibek, "хостес", "Hostess work abroad", "nurgul@ngo.example")
    house.publish("night", *NIGHT)
    house.settle()
    sabina = visitor().log_in("Sabina")
    _open_from_queue(sabina, NIGHT[0])
    _decide(sabina, "Referred", "passport kept, debt for the ticket")
    expect(sabina.get_by_role("status")).to_contain_text("Alerts released: 1")

    house.sent()
    mailbox = caseworker.context.new_page()
    mailbox.goto(house.mailbox)
    mailbox.get_by_role("link", name="nurgul@ngo.example").first.click()
    mailbox.locator("a.mail").first.click()
    frame = mailbox.frame_locator("iframe")
    expect(frame.get_by_text("Hostess work abroad").first).to_be_visible()
    assert "Девушки" not in frame.locator("body").inner_text()
    assert "@dubai" not in frame.locator("body").inner_text()
    with mailbox.expect_popup() as opened:
        frame.locator(f"a[href*='{house.ids['night']}']").first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(NIGHT[0])


def test_the_way_can_be_gone_without_scripts(house: House, visitor: Callable[..., Visitor]) -> None:
    page = visitor(scripts=False, width=360).log_in("Sabina")
    _open_from_queue(page, "Хостес в Анталья")
    page.get_by_text("Reveal", exact=True).first.click()
    page.get_by_label("What do you need it for?").last.fill("checking the agency")
    page.get_by_role("button", name="Reveal and note").last.click()
    expect(page.get_by_text("+996555000124")).to_be_visible()
    _decide(page, "Referred", "age and appearance asked for")
    expect(page.get_by_role("status")).to_contain_text("Recorded and settled")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("анталья")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=2)).not_to_have_text("0 adverts")
    page.get_by_role("checkbox", name="2 elevated").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("checkbox", name="2 elevated")).to_be_checked()
    page.get_by_role("link", name="Save as a watch").click()
    page.get_by_label("Name", exact=True).fill("Antalya without scripts")
    page.get_by_role("button", name="What would it have found?").click()
    expect(page.get_by_text("in the whole index")).to_be_visible()
    page.get_by_role("button", name="Save the watch").click()
    expect(page.get_by_role("status")).to_contain_text("is saved")


def test_the_way_can_be_gone_with_the_keyboard_alone(house: House, visitor: Callable[..., Visitor]) -> None:
    page = visitor().context.new_page()
    page.goto(house.link("Sabina"))
    _tab_to(page, "button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, f"a[href$='/posting/{house.ids['debt']}']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Швея в цех, Москва")
    _tab_to(page, "input[name=outcome]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Needs more information")).to_be_checked()
    _tab_to(page, "textarea[name=note]")
    page.keyboard.type("read by keyboard")
    _tab_to(page, "button[value=stay]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Recorded")


def test_single_keys_serve_who_turned_them_on_and_never_disturb_typing(
    house: House, visitor: Callable[..., Visitor]
) -> None:
    page = visitor().log_in("Sabina")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.get_by_text("Keys", exact=True).click()
    page.get_by_role("button", name="Turn the keys on").click()
    expect(page.locator("script[src$='keys.js']")).to_be_attached()
    page.wait_for_load_state("load")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == first
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="Needs more information")).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type("four roses bloom")
    expect(page.get_by_role("textbox", name="Note (needed")).to_have_value("four roses bloom")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("checkbox", name="Release alerts")).to_be_checked()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


def _open_from_queue(page: Page, title: str) -> None:
    page.get_by_role("link", name="Queue", exact=True).first.click()
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def _reveal_first_contact(page: Page, reason: str) -> None:
    contact = page.locator(".contact").first
    contact.get_by_text("Reveal", exact=True).click()
    contact.get_by_label("What do you need it for?").fill(reason)
    contact.get_by_role("button", name="Reveal and note").click()
    expect(page.get_by_text("revealed to you, noted")).to_be_visible()
    expect(page.get_by_text("+996555000123")).to_be_visible()


def _decide(page: Page, outcome: str, note: str) -> None:
    page.get_by_role("radio", name=outcome).check()
    page.get_by_role("textbox", name="Note (needed").fill(note)
    page.get_by_role("checkbox", name="Release alerts").check()
    page.get_by_role("button", name="Record and stay").click()


def _search_and_save_watch(page: Page, query: str, name: str, recipient: str) -> None:
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_role("searchbox").fill(query)
    page.keyboard.press("Enter")
    expect(page.locator("mark.hit").first).to_be_visible()
    page.get_by_role("checkbox", name="3 high").check()  # HTMX narrows at once
    page.wait_for_url("**level=3**")
    page.get_by_role("link", name="Save as a watch").click()
    expect(page.get_by_label("Search", exact=True)).to_have_value(query)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("checkbox", name=recipient).check()
    page.get_by_role("radio", name="at once").check()
    page.get_by_role("button", name="What would it have found?").click()
    expect(page.locator("#preview")).to_contain_text("in the whole index")
    page.get_by_role("button", name="Save the watch").click()
    expect(page.get_by_role("status")).to_contain_text("is saved")


def _tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus is on such an element, and see that the focus can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector}: the focus cannot be seen"
            return
    pytest.fail(f"{selector} cannot be reached by Tab")
