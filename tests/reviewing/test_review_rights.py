"""Who may do what: every address of the application against every role of the matrix."""

from __future__ import annotations

import pytest
from review_parts import BY_ROLE, Town

from review.permits import ROLES, matrix, may

PUBLIC = {
    "static",
    "login.show",
    "login.enter",
    "login.link",
    "login.follow",
    "login.leave",
    "login.home",
    "about.show",
    "about.alive",
    "preferences.choose_language",
    "preferences.choose_comfort",
}


def _guarded(town: Town) -> list[tuple[str, str, str]]:
    """Method, path and permit of every address behind a permit."""
    found = []
    for rule in town.app.url_map.iter_rules():
        permit = getattr(town.app.view_functions[rule.endpoint], "permit", None)
        if permit is None:
            continue
        path = rule.rule.replace("<posting_id>", town.ids["hostess"]).replace("<int:contact_id>", "1")
        path = path.replace("<watch_id>", "w1").replace("<source>", "osh_board").replace("<action>", "run")
        path = path.replace("<person_id>", town.person("Olga").id)
        assert "<" not in path, path
        found += [(method, path, permit) for method in (rule.methods or set()) & {"GET", "POST"}]
    return found


def test_every_address_is_public_on_purpose_or_behind_a_permit(town: Town) -> None:
    bare = {e for e, view in town.app.view_functions.items() if not hasattr(view, "permit")}
    assert bare == PUBLIC


def test_every_permit_of_the_matrix_names_known_roles() -> None:
    assert {role for roles in matrix().values() for role in roles} <= set(ROLES)


def test_every_permit_but_those_checked_inside_pages_guards_an_address(town: Town) -> None:
    inside = {"evidence_read", "contact_search"}
    assert {permit for _, _, permit in _guarded(town)} == set(matrix()) - inside


@pytest.mark.parametrize("role", ROLES)
def test_eth_13_a_role_reaches_exactly_the_addresses_its_permits_open(town: Town, role: str) -> None:
    browser = town.browser(BY_ROLE[role])
    for method, path, permit in _guarded(town):
        answer = browser.get(path) if method == "GET" else browser.post(path, {"reason": "a case"})
        if may(role, permit):
            assert answer.status_code != 403, (role, method, path, permit)
            assert answer.status_code < 500, (role, method, path, answer.text[:2000])
        else:
            assert answer.status_code == 403, (role, method, path, permit)


def test_nobody_without_a_session_gets_past_the_login_page(town: Town) -> None:
    browser = town.browser(None)
    for method, path, _ in _guarded(town):
        answer = browser.get(path) if method == "GET" else browser.post(path, page="/login")
        assert answer.status_code == 302, (method, path)
        assert answer.headers["Location"] == "/login"


def test_the_menu_shows_only_what_the_role_may_open(town: Town) -> None:
    page = town.browser("Olga").get("/audit").text
    assert 'href="/audit"' in page
    assert 'href="/queue"' not in page
    assert 'href="/people"' not in page


def test_eth_13_a_researcher_sees_neither_source_nor_address_nor_evidence(town: Town) -> None:
    page = town.browser("Rustam").get(f"/posting/{town.ids['shift']}").text
    for hidden in ("osh_board", "board.example", "abababab", "warc", "Ержан", "•••12</span> <a"):
        assert hidden not in page, hidden
    assert "штрафы за опоздание" in page


def test_a_changed_role_counts_from_the_next_click_on(town: Town) -> None:
    from store import people

    browser = town.browser("Aibek")
    assert browser.get("/queue").status_code == 200
    with town.store.main.begin() as c:
        people.set_role(c, town.person("Aibek").id, "auditor")
    assert browser.get("/queue").status_code == 403
