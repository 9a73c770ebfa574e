"""The pages of the office: people, sources, mail ledger, audit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from review_parts import NOW, Browser, Town
from sqlalchemy import text

from chyrak.records import Mail, Receipt
from store import mails, people
from store.crawl import schedule


def _plan(town: Town, source: str) -> schedule.ScheduleRow:
    with town.store.crawl.read() as c:
        return next(row for row in schedule.every(c) if row.source == source)


def test_an_admin_adds_a_person_who_comes_in_by_a_link_shown_once(town: Town) -> None:
    admin = town.browser("Admin")
    form = {"name": "Айгүл", "email": "aigul@ngo.example", "role": "ngo_caseworker", "language": "ky", "senior": "yes"}
    assert admin.post("/people", form, page="/people").status_code == 302
    new = town.person("Айгүл")
    assert (new.role, new.senior, new.language, new.password_hash) == ("ngo_caseworker", True, "ky", None)
    shown = admin.post(f"/people/{new.id}/link", page="/people").text
    link = re.search(r"http://localhost(/login/\S+?)<", shown)
    assert link is not None
    assert "/login/" not in admin.get("/people").text
    guest = Browser(town.app.test_client(), town)
    assert guest.post(link.group(1), page=link.group(1)).headers["Location"] == "/queue"
    assert [e.who for e in town.events("login_link_made")] == ["Admin"]
    assert town.events("person_added")[0].details["name"] == "Айгүл"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "A"}, "2 to 60 characters"),
        ({"email": "nobody"}, "no e-mail address"),
        ({"role": "emperor"}, "role"),
        ({"name": "aibek"}, "aibek"),
    ],
)
def test_a_person_who_cannot_be_added_is_refused_with_the_reason(
    town: Town, changed: dict[str, str], says: str
) -> None:
    form = {"name": "Айгүл", "email": "aigul@ngo.example", "role": "auditor", "language": "ky", **changed}
    answer = town.browser("Admin").post("/people", form, page="/people")
    assert answer.status_code == 400
    assert says in answer.text
    with town.store.main.read() as c:
        assert people.by_name(c, "Айгүл") is None


def test_a_role_is_set_and_only_reading_roles_can_be_senior(town: Town) -> None:
    admin, olga = town.browser("Admin"), town.person("Olga").id
    admin.post(f"/people/{olga}/role", {"role": "researcher", "senior": "yes"}, page="/people")
    assert (town.person("Olga").role, town.person("Olga").senior) == ("researcher", False)
    assert town.events("role_set")[0].details["before"] == "auditor"


def test_a_person_who_is_shut_out_is_out_with_the_next_click(town: Town) -> None:
    browser = town.browser("Aibek")
    town.browser("Admin").post(f"/people/{town.person('Aibek').id}/disable", {"disabled": "yes"}, page="/people")
    assert browser.get("/queue").status_code == 302
    assert town.events("person_disabled")


def test_nobody_changes_their_own_account(town: Town) -> None:
    admin = town.browser("Admin")
    answer = admin.post(f"/people/{town.person('Admin').id}/role", {"role": "auditor"}, page="/people")
    assert answer.status_code == 400
    assert town.person("Admin").role == "admin"
    assert admin.post("/people/none/role", {"role": "auditor"}, page="/people").status_code == 404


def test_sources_in_trouble_come_first_with_what_to_do(town: Town) -> None:
    page = town.browser("Aibek").get("/sources").text
    assert page.index("old_board") < page.index("osh_board")
    assert "HTTP 500 three times" in page
    assert "Look at the last runs" in page
    assert 'action="/sources/' not in page


def test_eth_17_an_admin_stops_a_source_and_lets_it_go_on_and_both_are_noted(town: Town) -> None:
    admin = town.browser("Admin")
    for action, paused in (("pause", True), ("resume", False)):
        assert admin.post(f"/sources/osh_board/{action}", page="/sources").status_code == 302
        assert _plan(town, "osh_board").paused is paused
        assert town.events(f"source_{action}")[0].subject == "osh_board"
    admin.post("/sources/osh_board/run", page="/sources")
    assert _plan(town, "osh_board").run_now
    assert admin.post("/sources/nowhere/pause", page="/sources").status_code == 404
    assert admin.post("/sources/osh_board/explode", page="/sources").status_code == 404


def test_the_mail_ledger_shows_what_left_and_what_the_other_side_said(town: Town) -> None:
    mail = Mail("<d1@chyrak.example>", "nurgul@ngo.example", "1 new item", "text", "<p>html</p>", "en", ("m1",))
    form = {"rev": 1, "outcome": "referred", "note": "passport kept", "release": "yes", "then": "stay"}
    town.browser("Sabina").post(f"/posting/{town.ids['hostess']}/decide", form)
    with town.store.main.begin() as c:
        mails.open_mail(c, mail, NOW)
        mails.close(c, Receipt("smtp", mail.message_id, NOW + timedelta(seconds=2), "250 kept"))
    page = town.browser("Olga").get("/mail").text
    for shown in ("nurgul@ngo.example", "1 new item", "250 kept", "&lt;d1@chyrak.example&gt;", "sent"):
        assert shown in page


def test_eth_14_an_altered_event_is_found_from_the_audit_page(town: Town) -> None:
    auditor = town.browser("Olga")
    assert "The chain is whole" in auditor.post("/audit/verify", page="/audit").text
    with town.store.main.begin() as c:
        for name in c.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            c.execute(text(f"DROP TRIGGER {name}"))
        c.execute(text("UPDATE audit_event SET who = 'Nobody' WHERE number = 1"))
    answer = auditor.post("/audit/verify", page="/audit").text
    assert "The chain is broken in" in answer
    assert "Keep the database file" in answer


def test_the_audit_page_goes_back_page_by_page_and_shows_no_long_number(town: Town) -> None:
    browser = town.browser("Aibek")
    for _ in range(60):
        browser.get(f"/posting/{town.ids['hostess']}")
    auditor = town.browser("Olga")
    first = auditor.get("/audit").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = auditor.get(following.group(1)).text
    numbers = [[int(n) for n in re.findall(r'<td class="num">(\d+)</td>', page)] for page in (first, second)]
    assert len(numbers[0]) == 50
    assert min(numbers[0]) == max(numbers[1]) + 1
