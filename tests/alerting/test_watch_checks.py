"""Looking over a watch before it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from alert_examples import NOON, a_watch, hours
from test_alert_matches import a_document

import indexer
from alerts.check import check, faults
from alerts.match import match
from alerts.preview import preview
from chyrak.errors import WrongUsage


def test_a_whole_watch_has_no_faults() -> None:
    watch = a_watch(query="отель level:>=3", exploitation=("SEX",), quiet_from=22, quiet_to=7, rhythm="daily")
    assert faults(watch) == []
    check(watch)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"name": "  "}, "name", "needs a name"),
        ({"query": '("'}, "query", r"\^"),
        ({"min_level": 0}, "min_level", "1 to 4"),
        ({"min_level": 5}, "min_level", "1 to 4"),
        ({"recipients": ()}, "recipients", "at least one person"),
        ({"rhythm": "monthly"}, "rhythm", "at_once, hourly, daily, weekly"),
        ({"exploitation": ("SEXX",)}, "exploitation", "SEX.NIGHT"),
        ({"quiet_from": 22}, "quiet_from", "both"),
        ({"quiet_from": 22, "quiet_to": 24}, "quiet_from", "0 to 23"),
        ({"quiet_from": 7, "quiet_to": 7}, "quiet_to", "pause"),
        ({"most_a_day": 0}, "most_a_day", "pause"),
    ],
)
def test_a_fault_names_its_field_and_what_it_may_be(change: dict[str, object], field: str, says: str) -> None:
    watch = a_watch(**change)
    (fault,) = faults(watch)
    assert fault.field == field
    with pytest.raises(WrongUsage, match=says):
        check(watch)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(WrongUsage) as told:
        check(a_watch(name="", rhythm="monthly", most_a_day=0))
    assert [line.split(":")[0] for line in str(told.value).splitlines()] == ["name", "rhythm", "most_a_day"]


def test_a_preview_finds_what_the_watch_would_match(tmp_path: Path) -> None:
    documents = [
        a_document("new", published=NOON - hours(24)),
        a_document("old", published=NOON - hours(24 * 90)),
        a_document("calm", level=1),
        a_document("plea", stance="SEEK"),
        a_document("other", title="Лесоруб"),
    ]
    engine = indexer.open_engine(f"tantivy://{tmp_path / 'index'}")
    try:
        with engine.writer():
            engine.apply(documents)
        watch = a_watch(query="отель")
        seen = preview(watch, engine, NOON, days=30)
        assert (seen.total, seen.recent) == (2, 1)
        assert seen.a_day == pytest.approx(1 / 30)
        assert [hit.document.id for hit in seen.hits] == [documents[0].id]
        assert len(match(documents, [watch], NOON).matches) == seen.total
        assert match(documents, [watch], NOON, engine).matches == match(documents, [watch], NOON).matches
    finally:
        engine.close()
