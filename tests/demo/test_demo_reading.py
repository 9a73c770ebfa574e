"""The reader meets the town: texts it never learned from, but invented ones: no figure of accuracy in the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

import nlp
from chyrak.records import Kind, Level, Reading, Stance
from runtime.demo.content import Expect, load_town

TOWN = load_town()
ADVERTS = [advert for advert in TOWN.adverts if not advert.forbidden]

# Floors with room to move, so that a better reader need not touch them and a broken one is noticed. Never tune to them.
LEAST_FLAGGED_SHARE = 0.95
MOST_FALSE_FLAGS = 1
MOST_LOOK_ALIKES_FLAGGED = 0
LEAST_STANCES_RIGHT = 0.93


@pytest.fixture(scope="module")
def readings() -> Mapping[str, Reading]:
    """Readings of every item by its id, and of its last edit by id and `+`."""
    postings = []
    for item in (*ADVERTS, *TOWN.articles):
        kind = Kind.ARTICLE if item in TOWN.articles else Kind.ADVERT
        postings.append(replace(nlp.text_posting(item.id, item.text, title=item.title), kind=kind))
        if item.edits:
            last = item.edits[-1]
            postings.append(nlp.text_posting(f"{item.id}+", last.text, title=last.title or item.title))
    return {reading.posting_id: reading for reading in nlp.read(nlp.load_reader(), postings)}


def wants_a_reviewer(expect: Expect) -> bool:
    return expect.level in ("flag", "urgent")


def test_most_adverts_that_a_reviewer_should_see_are_flagged(readings: Mapping[str, Reading]) -> None:
    wanted = [item.id for item in ADVERTS if wants_a_reviewer(item.expect)]
    missed = [item_id for item_id in wanted if not readings[item_id].flagged]
    assert 1 - len(missed) / len(wanted) >= LEAST_FLAGGED_SHARE, missed


def test_hardly_anything_else_is_flagged(readings: Mapping[str, Reading]) -> None:
    others = [item for item in (*ADVERTS, *TOWN.articles) if not wants_a_reviewer(item.expect)]
    wrong = [item.id for item in others if readings[item.id].flagged]
    assert len(wrong) <= MOST_FALSE_FLAGS, wrong


def test_lawful_look_alikes_are_hardly_ever_flagged(readings: Mapping[str, Reading]) -> None:
    wrong = [item.id for item in ADVERTS if item.expect.look_alike and readings[item.id].flagged]
    assert len(wrong) <= MOST_LOOK_ALIKES_FLAGGED, wrong


def test_who_is_speaking_is_nearly_always_known(readings: Mapping[str, Reading]) -> None:
    items = (*ADVERTS, *TOWN.articles)
    wrong = [item.id for item in items if readings[item.id].stance != item.expect.stance]
    assert 1 - len(wrong) / len(items) >= LEAST_STANCES_RIGHT, wrong


def test_a_news_article_is_not_taken_for_an_offer(readings: Mapping[str, Reading]) -> None:
    reports = [item.id for item in TOWN.articles if item.expect.stance is Stance.NEWS]
    offers = [item_id for item_id in reports if readings[item_id].stance in (Stance.OFFER, Stance.SERVICE)]
    assert len(offers) / len(reports) <= 0.05, offers


def test_eth_08_a_plea_is_never_scored_as_an_offer(readings: Mapping[str, Reading]) -> None:
    pleas = [item for item in ADVERTS if "protection" in item.expect.also]
    assert {readings[item.id].stance for item in pleas} == {Stance.SEEK}
    assert not any(readings[item.id].flagged for item in pleas)


def test_a_warning_that_quotes_a_lure_word_for_word_is_a_warning(readings: Mapping[str, Reading]) -> None:
    warnings = [item for item in ADVERTS if item.expect.look_alike == "HN8"]
    assert len({item.language for item in warnings}) >= 4
    assert {readings[item.id].stance for item in warnings} == {Stance.WARN}


def test_every_call_for_an_organ_is_urgent(readings: Mapping[str, Reading]) -> None:
    calls = [item for item in ADVERTS if "ORG" in item.expect.types]
    assert {item.language for item in calls} == {"ru", "ky", "uz-Latn", "tg"}
    assert {readings[item.id].level for item in calls} == {Level.URGENT}


def test_the_advert_that_gets_worse_rises_and_the_harmless_edit_does_not(readings: Mapping[str, Reading]) -> None:
    edited = [item for item in ADVERTS if item.edits]
    worse = [item.id for item in edited if item.edits[-1].expect]
    assert all(readings[f"{item_id}+"].flagged for item_id in worse)
    assert any(readings[f"{item_id}+"].level > readings[item_id].level for item_id in worse)
    for item in edited:
        if not item.edits[-1].expect:
            assert readings[f"{item.id}+"].level == readings[item.id].level


def test_the_whole_campaign_is_flagged(readings: Mapping[str, Reading]) -> None:
    members = [item.id for item in ADVERTS if item.expect.campaign == "okna"]
    assert all(readings[item_id].level >= Level.HIGH for item_id in members)
