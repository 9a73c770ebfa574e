"""`chyrak evaluate`, called as a person would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chyrak.errors import AskOperator, WrongUsage
from nlp.training.seed import load_seed
from runtime.cli.app import app


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    rows = [
        {"id": t.id, "lang": t.lang, "title": t.title, "text": t.text, "label": t.label, "stance": t.stance}
        for t in load_seed("dev")[:12]
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_a_labelled_file_is_measured_as_json_and_as_a_page(labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["evaluate", str(labelled), "--json", "--html", str(page)])
    assert done.exit_code == 0, done.output
    result = json.loads(done.output)
    assert result["texts"] == 12
    assert result["overall"]["recall"]["n"] + result["overall"]["false_flags"]["n"] == 12
    written = page.read_text(encoding="utf-8")
    assert "invented" in written
    assert written.count("<svg") >= 3


def test_without_json_the_figures_are_markdown_for_people(labelled: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(labelled)])
    assert "| all |" in done.output


def test_a_file_that_holds_no_labelled_texts_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1"}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["evaluate", str(path)])
    assert isinstance(done.exception, WrongUsage)
    assert "bad.jsonl:1: not a labelled text" in str(done.exception)


def test_a_page_that_cannot_be_written_is_said(labelled: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(labelled), "--html", str(tmp_path / "none" / "page.html")])
    assert isinstance(done.exception, AskOperator)
    assert "cannot be written" in str(done.exception)
