"""ETH-06 over every page: whatever the role and whatever is asked, no page shows a way to reach an advertiser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from review_adverts import ADVERTS
from review_parts import BY_ROLE, Browser, Town
from werkzeug.test import TestResponse

from review.permits import ROLES
from store import campaigns

_KEYS = re.compile(r"\b(?=\w*[a-f])[0-9a-f]{12,64}\b")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s().–•·-]+(?=\d)")


@pytest.fixture
def leaky(town: Town) -> Town:
    """A town in which phones stand where nobody expects them: in a title, an edit, a note, a template."""
    shift = next(a for a in ADVERTS if a.name == "shift")
    titled = replace(shift, name="titled", title="Склад, тел 8 701 555 00 12", present=(), protective=(), contacts=())
    town.keep(titled)
    town.keep(replace(shift, text=shift.text.replace("80 000", "90 000")))
    note = {"rev": 1, "outcome": "no_action", "note": "called +996 555 000 125, nobody there", "then": "stay"}
    town.browser("Aibek").post(f"/posting/{town.ids['teens']}/decide", note)
    with town.store.main.begin() as c:
        campaigns.set_shape(c, town.ids["hostess"], "Хостес ___ пишите +996 555 000 123", [["+996 555 000 124"]])
    return town


@pytest.mark.parametrize("role", ROLES)
def test_eth_06_no_page_of_any_role_shows_a_phone_or_a_handle(leaky: Town, role: str) -> None:
    browser = leaky.browser(BY_ROLE[role])
    seen = 0
    for where, answer in _answers(leaky, browser):
        if answer.status_code in (302, 303):
            answer = browser.get(answer.headers["Location"])
        seen += answer.status_code == 200
        assert not list(_leaks(answer.text)), f"{where} for {role}: {list(_leaks(answer.text))}"
    assert seen >= 3


def test_this_test_would_see_a_phone_however_it_is_spaced() -> None:
    for shown in ("+996 555 000 123", "996555000123", "0555 00-01-23", "(555) 000•••123"):
        assert list(_leaks(f"<p>{shown}</p>")), shown
    assert not list(_leaks("<p>+996 ••• ••• •23</p>"))


def _answers(town: Town, browser: Browser) -> Iterator[tuple[str, TestResponse]]:
    for rule in town.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in ("static", "queue.next_one"):
            continue
        keys = list(town.ids.values()) if "<posting_id>" in rule.rule else [""]
        for key in keys:
            path = rule.rule.replace("<posting_id>", key).replace("<watch_id>", "w1").replace("<token>", "x")
            assert "<" not in path, path
            yield path, browser.get(path)
    for query in ("склад", "+996 555 000 123", "555000123", '"000 123"', "@thai_office_work", ""):
        yield f"search {query}", browser.post("/search", {"query": query}, page="/about")
        form = {"name": "n", "query": query, "min_level": "1", "rhythm": "daily", "recipients": "olga@ngo.example"}
        yield f"preview {query}", browser.post("/watches/look", form, page="/about", HX_Request="true")
    for key in town.ids.values():
        yield "a refused decision", browser.post(f"/posting/{key}/decide", {"rev": 99}, page="/about")
        yield "a reveal without a reason", browser.post(f"/posting/{key}/names", {"reason": ""}, page="/about")


def _leaks(page: str) -> Iterator[str]:
    """Written forms, handles, and the six digits before the last two of every contact of the made-up adverts."""
    # What the person typed themselves stands in their own search box; it is none of the advert's.
    page = re.sub(
        r'<input id="(?:w-)?query"[^>]*>|<pre[^>]*>.*?</pre>|name="query" value="[^"]*"', "", page, flags=re.DOTALL
    )
    text = _BETWEEN_DIGITS.sub("", _KEYS.sub("", html.unescape(page)))
    for advert in ADVERTS:
        for _, words, value, _ in advert.contacts:
            digits = re.sub(r"\D", "", value)
            if words in page or (len(digits) >= 9 and digits[-8:-2] in text) or (not digits and value in text):
                yield value
