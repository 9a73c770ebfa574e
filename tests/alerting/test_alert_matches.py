"""Which watches an advert meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from alert_examples import NOON, a_watch, hours, sha

from alerts.match import match, match_id
from alerts.question import question
from chyrak.errors import RetryLater
from chyrak.records import Stance, Watch
from indexer import Document, Query, parse


def a_document(name: str = "a", **changes: object) -> Document:
    base = Document(
        id=sha(name),
        version=1,
        source="osh-board",
        url="https://board.example/1",
        kind="advert",
        title="Требуется администратор в отель",
        text="Жатакана, тамак бекер. Паспорт бизде калат.",
        languages=("ru", "ky"),
        stance="OFFER",
        level=3,
        score=0.8,
        exploitation=("SEX.NIGHT", "DEBT"),
        indicators=("I24",),
        places=("AE",),
        pay_usd_month=2000.0,
        contacts=("ab" * 32,),
        campaign="c1",
        decision_state="open",
        published=NOON,
        first_seen=NOON,
        last_seen=NOON,
        gone=False,
        place_names=("Дубай",),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def met(watch: Watch, *documents: Document) -> bool:
    return bool(match(documents or [a_document()], [watch], NOON).matches)


def test_a_match_tells_what_was_met_and_waits_for_a_decision() -> None:
    document = a_document()
    (found,) = match([document], [a_watch(query="отель паспорт*")], NOON, revs={document.id: 7}).matches
    assert found.id == match_id("w1", document.id, 3)
    assert (found.watch_id, found.posting_id, found.rev, found.level) == ("w1", document.id, 7, 3)
    assert found.exploitation == ("SEX.NIGHT", "DEBT")
    assert (found.campaign_id, found.matched_at, found.state) == ("c1", NOON, "candidate")


def test_the_query_is_that_of_the_search_page() -> None:
    assert met(a_watch(query="паспорт калат"))
    assert met(a_watch(query='"администратор в отель" level:>=3'))
    assert met(a_watch(query="type:SEX OR лесоруб"))
    assert not met(a_watch(query="отель NOT паспорт"))
    assert not met(a_watch(query="лесоруб"))


def test_an_empty_query_watches_everything_the_conditions_let_through() -> None:
    assert met(a_watch(query=""))


@pytest.mark.parametrize(
    ("conditions", "meets"),
    [
        ({"min_level": 3}, True),
        ({"min_level": 4}, False),
        ({"exploitation": ("SEX",)}, True),
        ({"exploitation": ("SEX.NIGHT",)}, True),
        ({"exploitation": ("SEX.ESCORT", "DEBT")}, True),
        ({"exploitation": ("SEX.ESCORT",)}, False),
        ({"exploitation": ("DEB",)}, False),
        ({"languages": ("ky",)}, True),
        ({"languages": ("uz", "tg")}, False),
        ({"places": ("ae",)}, True),
        ({"places": ("дубай",)}, True),
        ({"places": ("TR", "KR")}, False),
        ({"languages": ("ky",), "places": ("TR",)}, False),
    ],
)
def test_every_condition_of_the_watch_must_hold(conditions: dict[str, object], meets: bool) -> None:
    assert met(a_watch(query="отель", **conditions)) is meets


def test_a_paused_watch_meets_nothing() -> None:
    assert not met(a_watch(query="отель", paused=True))


@pytest.mark.parametrize("stance", list(Stance))
def test_eth_08_only_who_offers_work_or_a_service_is_ever_matched(stance: Stance) -> None:
    document = a_document(stance=stance.value)
    expected = stance in (Stance.OFFER, Stance.SERVICE)
    assert met(a_watch(query="отель", min_level=0), document) is expected


def test_a_broken_query_is_reported_and_does_not_stop_the_others() -> None:
    report = match([a_document()], [a_watch("bad", query='("'), a_watch("good", query="отель")], NOON)
    assert [found.watch_id for found in report.matches] == ["good"]
    ((watch_id, message),) = report.broken
    assert watch_id == "bad"
    assert "watch bad" in message
    assert "^" in message


def test_a_broken_query_is_reported_even_when_there_is_nothing_to_match() -> None:
    assert [watch_id for watch_id, _ in match([], [a_watch("bad", query='("')], NOON).broken] == ["bad"]


class _Engine:
    """An engine that one query upsets."""

    def __init__(self, upset: frozenset[str], fault: Exception) -> None:
        self.upset, self.fault = upset, fault

    def match(self, documents: Iterable[Document], queries: Mapping[str, Query]) -> set[tuple[str, str]]:
        if self.upset & set(queries):
            raise self.fault
        return {(key, document.id) for key in queries for document in documents}


def test_a_query_the_engine_cannot_run_is_reported_and_does_not_stop_the_others() -> None:
    watches = [a_watch("good"), a_watch("heavy")]
    report = match([a_document()], watches, NOON, _Engine(frozenset({"heavy"}), ValueError("too many clauses")))
    assert [found.watch_id for found in report.matches] == ["good"]
    assert report.broken[0][0] == "heavy"
    assert "too many clauses" in report.broken[0][1]


def test_a_fault_of_the_engine_itself_is_no_fault_of_the_watches() -> None:
    watches = [a_watch("w1"), a_watch("w2")]
    with pytest.raises(RetryLater):
        match([a_document()], watches, NOON, _Engine(frozenset({"w1"}), RetryLater("the index is busy")))
    with pytest.raises(ValueError, match="disk"):
        match([a_document()], watches, NOON, _Engine(frozenset({"w1", "w2"}), ValueError("disk")))


def test_matching_the_same_batch_again_gives_the_same_matches() -> None:
    batch, watches = [a_document("a"), a_document("b")], [a_watch(query="отель"), a_watch("w2", query="паспорт")]
    first = match(batch, watches, NOON).matches
    again = match(reversed(batch), reversed(watches), NOON + hours(3)).matches
    assert len(first) == 4
    assert {found.id for found in first} == {found.id for found in again}


def test_an_edited_advert_gives_a_new_match_only_when_its_level_rose() -> None:
    watch = a_watch(query="отель")
    (first,) = match([a_document()], [watch], NOON).matches
    (edited,) = match([a_document(version=2, title="Отель, другой телефон")], [watch], NOON).matches
    (risen,) = match([a_document(version=3, level=4)], [watch], NOON).matches
    assert edited.id == first.id
    assert risen.id != first.id


def test_a_watch_made_after_an_advert_was_indexed_meets_the_next_one() -> None:
    watch = a_watch(query="отель")
    assert len(match([a_document("next")], [watch], NOON).matches) == 1


def test_ten_thousand_adverts_are_all_accounted_for() -> None:
    batch = [a_document(str(number), text="passport") for number in range(10_000)]
    assert len(match(batch, [a_watch(query="passport")], NOON).matches) == 10_000


def test_the_question_of_a_watch_can_be_read_and_searched_as_text() -> None:
    watch = a_watch(
        query='отель OR "без опыта"',
        exploitation=("SEX", "debt"),
        languages=("ky",),
        places=("ae", "Дубай"),
        min_level=3,
    )
    asked = question(watch)
    assert parse(str(asked)) == asked
    assert str(asked) == (
        '(отель OR "без опыта") level:3..4 (stance:OFFER OR stance:SERVICE) (type:SEX OR type:DEBT) lang:ky '
        "(place:AE OR place:ДУБАЙ)"
    )
