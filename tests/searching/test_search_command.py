"""`chyrak search` on the command line: what it prints of a query and of what it found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chyrak.settings import load_settings
from indexer import Document, open_engine
from runtime.cli import main


@pytest.fixture
def adverts(home: Path, made: Callable[..., Document]) -> Path:
    home.mkdir()
    engine = open_engine(load_settings(home).index_url)
    with engine.rebuild() as apply:
        apply(
            [
                made(id="a", title="Паспорт", campaign="c1", published="2026-10-02", level=2, places=["TR"]),
                made(id="b", title="Паспорт", campaign="c1", published="2026-10-01", level=3, places=["AE"]),
                made(id="c", title="Виза и паспорт", published="2026-09-01", level=1, places=["AE"]),
            ]
        )
    engine.close()
    return home


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Calls `chyrak search` in this process; gives exit code, output and errors."""

    def call(*given: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["chyrak", "search", *given])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return call


@pytest.fixture
def run(call: Callable[..., tuple[int, str, str]]) -> Callable[..., str]:
    """The output of a call that ends well."""

    def run(*given: str) -> str:
        code, out, err = call(*given)
        assert code == 0, err
        return out

    return run


def test_explain_prints_the_tree_and_both_compiled_forms_without_a_home(run):
    shown = run('паспортту "у нас"~2 place:TR -level:<2', "--explain")
    assert "Phrase text='у нас' slop=2" in shown
    assert "HasLexeme lexemes=('pasport.c', 'pasport.l'" in shown
    assert '"max_gaps": 2' in shown
    assert "BooleanQuery" in shown


def test_hits_facets_months_and_the_next_page_are_printed_as_json(adverts, run):
    given = ("паспорт", "--home", str(adverts), "--json", "--limit", "2", "--sort", "level")
    first = json.loads(run(*given, "--facet", "contact", "--facet", "campaign", "--histogram", "month"))
    assert [hit["id"] for hit in first["hits"]] == ["b", "a"]
    assert first["total"] == 3
    assert first["facets"]["contact"]["buckets"] == [{"value": "link-c1", "count": 2}]
    assert first["facets"]["campaign"]["buckets"] == [{"value": "c1", "count": 2}]
    assert first["histogram"] == [{"value": "2026-09", "count": 1}, {"value": "2026-10", "count": 2}]
    second = json.loads(run(*given, "--cursor", first["next_cursor"]))
    assert [hit["id"] for hit in second["hits"]] == ["c"]
    assert second["next_cursor"] is None


def test_one_advert_of_a_campaign_is_shown_with_the_count_of_its_likes(adverts, run):
    shown = json.loads(run("паспорт", "--home", str(adverts), "--json", "--collapse"))
    assert [hit["id"] for hit in shown["hits"]] == ["a", "c"]
    assert "2" in run("паспорт campaign:c1", "--home", str(adverts), "--collapse")


def test_words_can_be_kept_to_the_script_they_are_typed_in(adverts, run):
    found = json.loads(run("pasport", "--home", str(adverts), "--json"))
    kept = json.loads(run("pasport", "--home", str(adverts), "--json", "--one-script"))
    assert (found["total"], kept["total"]) == (3, 0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["паспорт (виза"], "not closed"),
        (["паспорт", "--sort", "best"], "Orders: newest"),
        (["паспорт", "--facet", "phone"], "Facets: lang"),
        (["паспорт", "--histogram", "year"], "by month, week or day"),
    ],
)
def test_a_wrong_call_is_explained_and_ends_with_two(adverts, call, given, says):
    code, _, err = call(*given, "--home", str(adverts))
    assert code == 2
    assert says in err
