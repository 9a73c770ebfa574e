"""Decisions: one reader or two, blindness, disagreement, seniors, the release policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from review_adverts import ADVERTS
from review_parts import NOW, Town
from werkzeug.test import TestResponse

import store.matches
from chyrak.errors import AskOperator
from chyrak.records import Match
from review import load_policy
from review.decide import OUTCOMES, RELEASING
from store import audit, decisions, people


def _decide(
    town: Town, who: str, name: str, outcome: str = "referred", *, release: bool = True, **more: object
) -> TestResponse:
    form = {"rev": 1, "outcome": outcome, "note": "passport kept, ticket paid", "then": "stay", **more}
    if release:
        form["release"] = "yes"
    return town.browser(who).post(f"/posting/{town.ids[name]}/decide", form)


def _match(town: Town, name: str) -> str:
    with town.store.main.begin() as c:
        if not store.matches.for_posting(c, town.ids[name]):
            store.matches.record(c, [Match(f"m-{name}", "w1", town.ids[name], 1, 2, (), None, NOW)])
        return store.matches.for_posting(c, town.ids[name])[0].state


def _state(town: Town, name: str) -> str:
    with town.store.main.read() as c:
        return decisions.state(c, town.ids[name])


def test_eth_02_at_level_2_one_named_reader_releases_and_the_audit_names_them(town: Town) -> None:
    assert _match(town, "shift") == "candidate"
    assert _decide(town, "Nurgul", "shift").status_code == 302
    assert _match(town, "shift") == "released"
    event = town.events("decide")[0]
    assert (event.who, event.subject, event.details["release"]) == ("Nurgul", town.ids["shift"], True)


def test_eth_03_level_3_waits_for_a_second_different_reader(town: Town) -> None:
    assert _decide(town, "Aibek", "hostess").status_code == 302
    assert (_state(town, "hostess"), _match(town, "hostess")) == ("needs_second", "candidate")
    _decide(town, "Aibek", "hostess")
    assert (_state(town, "hostess"), _match(town, "hostess")) == ("needs_second", "candidate")
    _decide(town, "Nurgul", "hostess")
    assert (_state(town, "hostess"), _match(town, "hostess")) == ("decided", "released")


def test_eth_03_a_disagreement_is_kept_and_releases_nothing_until_a_senior_decides(town: Town) -> None:
    _decide(town, "Aibek", "hostess")
    _decide(town, "Nurgul", "hostess", "unfounded", release=False)
    assert (_state(town, "hostess"), _match(town, "hostess")) == ("disagreement", "candidate")
    page = town.browser("Sabina").get(f"/posting/{town.ids['hostess']}").text
    assert "Two readers disagree" in page
    assert "Aibek" in page
    assert "Nurgul" in page
    _decide(town, "Sabina", "hostess")
    assert (_state(town, "hostess"), _match(town, "hostess")) == ("decided", "released")


def test_the_second_reader_sees_the_first_word_only_after_giving_their_own(town: Town) -> None:
    _decide(town, "Aibek", "hostess")
    path = f"/posting/{town.ids['hostess']}"
    before = town.browser("Nurgul").get(path).text
    assert "passport kept" not in before
    assert "Another reader has decided" in before
    assert "passport kept" in town.browser("Sabina").get(path).text
    _decide(town, "Nurgul", "hostess", note="agreed, same number elsewhere")
    assert "passport kept" in town.browser("Nurgul").get(path).text


def test_a_senior_settles_level_3_alone(town: Town) -> None:
    _decide(town, "Sabina", "hostess")
    assert (_state(town, "hostess"), _match(town, "hostess")) == ("decided", "released")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_can_be_recorded_and_only_some_go_with_a_release(town: Town, outcome: str) -> None:
    released = _decide(town, "Nurgul", "shift", outcome)
    assert (released.status_code == 302) is (outcome in RELEASING)
    if outcome not in RELEASING:
        assert "Choose one, or do not release" in released.text
        assert not town.events("decide")
        assert _decide(town, "Nurgul", "shift", outcome, release=False).status_code == 302


def test_a_release_without_a_note_is_refused_and_what_was_typed_is_kept(town: Town) -> None:
    answer = _decide(town, "Nurgul", "shift", "fraud_only", note=" ")
    assert answer.status_code == 400
    assert "needs a note" in answer.text
    assert re.search(r'value="fraud_only" required checked', answer.text)
    assert not town.events("decide")


def test_a_decision_on_a_revision_that_was_edited_meanwhile_is_not_recorded(town: Town) -> None:
    shift = next(a for a in ADVERTS if a.name == "shift")
    town.keep(replace(shift, text=shift.text + " Срочно."), age=timedelta(hours=-1))
    answer = _decide(town, "Nurgul", "shift")
    assert answer.status_code == 400
    assert "edited while you read it" in answer.text
    assert not town.events("decide")


def test_the_decision_and_its_audit_event_stand_or_fall_together(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    browser = town.browser("Nurgul")
    form = {"rev": 1, "outcome": "referred", "note": "n", "release": "yes"}
    page = f"/posting/{town.ids['shift']}"
    browser.get(page)
    monkeypatch.setattr("store.decisions.audit.append", fail)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/about").text)
    assert token is not None
    answer = browser.client.post(f"{page}/decide", data={**form, "csrf_token": token.group(1)})
    monkeypatch.undo()
    assert answer.status_code == 500
    assert _state(town, "shift") == "open"
    assert _match(town, "shift") == "candidate"


def test_after_a_decision_the_next_undecided_advert_opens(town: Town) -> None:
    answer = _decide(town, "Aibek", "teens", then="next")
    assert answer.headers["Location"] == f"/posting/{town.ids['hostess']}"


def test_eth_08_a_plea_is_closed_by_a_caseworker_and_never_released(town: Town) -> None:
    assert _decide(town, "Nurgul", "plea", "person_assisted").status_code == 400
    assert _decide(town, "Aibek", "plea", "person_assisted", release=False).status_code == 404
    assert _decide(town, "Nurgul", "plea", "person_assisted", release=False).status_code == 302
    assert [e.who for e in town.events("decide")] == ["Nurgul"]


def test_the_policy_can_keep_a_role_from_releasing_at_a_level(make_town: Callable[..., Town]) -> None:
    town = make_town(policy='[release]\n2 = ["investigator"]\n3 = ["investigator"]\n4 = ["investigator"]\n')
    answer = _decide(town, "Nurgul", "shift")
    assert answer.status_code == 400
    assert "does not let the role “NGO caseworker” release at level 2" in answer.text
    assert re.search(
        r'name="release" value="yes"[^>]*disabled', town.browser("Nurgul").get(f"/posting/{town.ids['shift']}").text
    )
    assert _decide(town, "Aibek", "shift").status_code == 302


def test_the_demo_marks_every_page_and_lets_only_its_own_reader_release_alone(make_town: Callable[..., Town]) -> None:
    town = make_town(policy='demo = true\ndemo_reviewer = "Nurgul"\n')
    for path in ("/queue", "/search", f"/posting/{town.ids['hostess']}", "/about", "/login/x"):
        assert "every advert, person and place here is made up" in town.browser("Nurgul").get(path).text
    _decide(town, "Aibek", "hostess")
    assert _match(town, "hostess") == "candidate"
    _decide(town, "Nurgul", "hostess")
    assert _match(town, "hostess") == "released"


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ('demo_reviewer = "Aibek"\n', "without demo"),
        ("demo = true\n", "needs demo_reviewer"),
        ('[release]\n2 = ["researcher"]\n', "researcher"),
        ('[release]\n1 = ["investigator"]\n', "release.1"),
        ("two_readers = false\n", "two_readers"),
        ("demo = maybe\n", "TOML"),
    ],
)
def test_a_policy_that_would_loosen_the_rules_or_cannot_be_read_stops_the_start(
    town: Town, policy: str, says: str
) -> None:
    file = town.settings.home / "policy.toml"
    file.write_text(policy, encoding="utf-8")
    with pytest.raises(AskOperator, match=says) as fault:
        load_policy(town.settings.home)
    assert str(file) in str(fault.value)


def test_without_a_policy_file_the_strict_rules_hold(town: Town) -> None:
    policy = load_policy(town.settings.home)
    assert not policy.demo
    assert policy.may_release("investigator", 4)
    assert not policy.may_release("admin", 2)
    assert not policy.is_senior("Aibek", marked=False)


def test_a_reader_who_was_shut_out_meanwhile_cannot_decide(town: Town) -> None:
    browser = town.browser("Nurgul")
    browser.get("/queue")
    with town.store.main.begin() as c:
        people.disable(c, town.person("Nurgul").id)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)
    assert token is not None
    form = {"rev": 1, "outcome": "no_action", "csrf_token": token.group(1)}
    assert browser.client.post(f"/posting/{town.ids['shift']}/decide", data=form).status_code == 302
    assert not town.events("decide")


def test_the_chain_is_whole_after_a_day_of_reading_and_deciding(town: Town) -> None:
    _decide(town, "Aibek", "hostess")
    _decide(town, "Nurgul", "hostess")
    with town.store.main.read() as c:
        assert audit.verify(c) == []
