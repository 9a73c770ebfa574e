"""Ways in and out: password, one-time link, throttling, sessions that end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from review_parts import NOW, Browser, Town

import review
import store.sessions
from chyrak.errors import WrongUsage
from store import people
from store.keys import load_keys

PASSWORD = "four plain words here"


def _with_password(town: Town, name: str = "Aibek") -> None:
    with town.store.main.begin() as c:
        people.set_password_hash(c, town.person(name).id, review.hashed(PASSWORD, load_keys(town.settings.home)))


def _try(browser: Browser, name: str, password: str) -> int:
    return browser.post("/login", {"name": name, "password": password}, page="/login").status_code


def test_a_person_logs_in_by_name_and_password_whatever_the_case_of_the_name(town: Town) -> None:
    _with_password(town)
    browser = town.browser(None)
    assert _try(browser, "aibek", PASSWORD) == 302
    assert browser.get("/queue").status_code == 200
    assert town.events("login")[0].details == {"by": "password"}


def test_the_hash_is_argon2_and_short_passwords_are_refused(town: Town) -> None:
    keys = load_keys(town.settings.home)
    assert review.hashed(PASSWORD, keys).startswith("$argon2id$")
    with pytest.raises(WrongUsage, match="at least 12"):
        review.hashed("short", keys)


def test_a_wrong_password_an_unknown_name_and_a_person_without_password_get_the_same_answer(town: Town) -> None:
    _with_password(town)
    browser = town.browser(None)
    answers = set()
    for name, password in (("Aibek", "wrong password!"), ("Nobody", PASSWORD), ("Nurgul", ""), ("Nurgul", PASSWORD)):
        answer = browser.post("/login", {"name": name, "password": password}, page="/login")
        assert answer.status_code == 401
        answers.add(answer.text.split('role="alert">')[1].split("<")[0])
    assert len(answers) == 1


def test_there_is_no_account_and_no_password_nobody_has_given(town: Town) -> None:
    browser = town.browser(None)
    for name in ("admin", "Admin", "root", "demo"):
        for password in ("", "admin", "password", "chyrak", "demo"):
            with town.store.main.begin() as c:
                person = people.by_name(c, name)
                if person:
                    people.note_login(c, person.id, NOW)
            assert _try(browser, name, password) == 401


def test_five_wrong_passwords_close_the_account_for_a_quarter_of_an_hour(town: Town) -> None:
    _with_password(town)
    browser = town.browser(None)
    for _ in range(5):
        assert _try(browser, "Aibek", "wrong password!") == 401
    assert _try(browser, "Aibek", PASSWORD) == 429
    town.clock.time += timedelta(minutes=16)
    assert _try(browser, "Aibek", PASSWORD) == 302
    assert len(town.events("login_refused")) == 5


def test_looking_at_a_login_link_does_not_use_it_up_and_pressing_the_button_does(town: Town) -> None:
    link = review.login_link(town.settings, town.store, "Nurgul", now=NOW, made_by="operator")
    path = link.removeprefix("http://127.0.0.1:8400")
    browser = town.browser(None)
    for _ in range(3):
        page = browser.get(path)
        assert page.status_code == 200
        assert "<form" in page.text
    assert browser.post(path, page=path).status_code == 302
    assert browser.get("/queue").status_code == 200
    assert town.browser(None).post(path, page=path).status_code == 401
    assert town.events("login_link_made")[0].who == "operator"


def test_a_login_link_is_over_after_half_an_hour(town: Town) -> None:
    path = review.login_link(town.settings, town.store, "Nurgul", now=NOW, made_by="operator", base_url="http://x")[8:]
    town.clock.time += timedelta(minutes=31)
    assert town.browser(None).post(path, page=path).status_code == 401


def test_no_link_is_made_for_a_person_who_is_unknown_or_shut_out(town: Town) -> None:
    with town.store.main.begin() as c:
        people.disable(c, town.person("Rustam").id)
    for name in ("Nobody", "Rustam"):
        with pytest.raises(WrongUsage, match=name):
            review.login_link(town.settings, town.store, name, now=NOW, made_by="operator")


def test_a_session_ends_when_its_person_is_shut_out_or_gets_a_new_password(town: Town) -> None:
    first, second = town.browser("Aibek"), town.browser("Nurgul")
    _with_password(town)
    with town.store.main.begin() as c:
        people.disable(c, town.person("Nurgul").id)
    assert first.get("/queue").status_code == 302
    assert second.get("/queue").status_code == 302


def test_logging_out_ends_the_session_in_the_store_and_not_only_in_the_browser(town: Town) -> None:
    browser = town.browser("Aibek")
    cookie = browser.client.get_cookie("chyrak")
    assert cookie is not None
    browser.post("/logout")
    stolen = town.browser(None)
    stolen.client.set_cookie("chyrak", cookie.value)
    assert stolen.get("/queue").status_code == 302


def test_a_session_id_from_before_the_login_is_worth_nothing_after_it(town: Town) -> None:
    browser = town.browser(None)
    browser.get("/login")
    before = browser.client.get_cookie("chyrak")
    assert before is not None
    with town.store.main.begin() as c:
        token = store.sessions.make_link(c, town.person("Aibek").id, NOW)
    browser.post(f"/login/{token}", page=f"/login/{token}")
    after = browser.client.get_cookie("chyrak")
    assert after is not None
    assert after.value != before.value
    stolen = town.browser(None)
    stolen.client.set_cookie("chyrak", before.value)
    assert stolen.get("/queue").status_code == 302


def test_an_idle_session_ends_after_two_hours_and_a_busy_one_after_twelve(town: Town) -> None:
    idle, busy = town.browser("Aibek"), town.browser("Nurgul")
    for _ in range(11):
        town.clock.time += timedelta(minutes=60)
        assert busy.get("/queue").status_code == 200
    assert idle.get("/queue").status_code == 302
    town.clock.time += timedelta(minutes=61)
    assert busy.get("/queue").status_code == 302


def test_after_the_login_a_person_is_where_they_wanted_to_go(town: Town) -> None:
    browser = town.browser(None)
    goal = f"/posting/{town.ids['hostess']}"
    assert browser.get(goal).headers["Location"] == "/login"
    with town.store.main.begin() as c:
        token = store.sessions.make_link(c, town.person("Aibek").id, NOW)
    assert browser.post(f"/login/{token}", page=f"/login/{token}").headers["Location"] == goal


@pytest.mark.parametrize("goal", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"])
def test_the_login_sends_nobody_to_another_site(town: Town, goal: str) -> None:
    browser = town.browser(None)
    browser.get("/login")
    with browser.client.session_transaction() as session:
        session["next"] = goal
    with town.store.main.begin() as c:
        token = store.sessions.make_link(c, town.person("Aibek").id, NOW)
    location = browser.post(f"/login/{token}", page=f"/login/{token}").headers["Location"]
    assert location == "/queue"


def test_a_link_from_a_mail_reloads_itself_once_so_that_the_strict_cookie_comes_along(town: Town) -> None:
    browser = town.browser(None)
    path = f"/posting/{town.ids['hostess']}"
    answer = browser.get(path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert answer.status_code == 200
    assert answer.headers["Refresh"] == "0"
    assert "Set-Cookie" not in answer.headers
    assert browser.get(path, Sec_Fetch_Site="same-origin").status_code == 302


def test_each_role_lands_on_a_page_it_may_see(town: Town) -> None:
    for name in ("Aibek", "Nurgul", "Rustam", "Olga", "Admin"):
        browser = town.browser(name)
        goal = browser.get("/").headers["Location"]
        assert browser.get(goal).status_code == 200
