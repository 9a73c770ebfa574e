"""ETH-30: a line is shown only while somebody's check of it is fresh."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from alerts.helplines import FILE_NAME, HelpLine, help_lines
from chyrak.errors import AskOperator

TODAY = date(2026, 11, 25)


def keep(home: Path, *lines: str) -> None:
    (home / FILE_NAME).write_text("lines:\n" + "".join(f"  - {{{line}}}\n" for line in lines), encoding="utf-8")


def test_eth_30_no_shipped_line_is_shown_before_somebody_has_rung_it(tmp_path: Path) -> None:
    found = help_lines(tmp_path, TODAY)
    assert found.fresh == ()
    assert len(found.hidden) >= 8
    assert all("was never checked" in report and str(tmp_path / FILE_NAME) in report for report in found.hidden)


@pytest.mark.parametrize(("age", "shown"), [(0, True), (180, True), (181, False), (-1, False)])
def test_eth_30_a_check_is_fresh_for_180_days(tmp_path: Path, age: int, shown: bool) -> None:
    checked = TODAY - timedelta(days=age)
    keep(tmp_path, f'country: KG, name: Example line, phone: "000", verified_on: {checked}')
    found = help_lines(tmp_path, TODAY)
    assert found.fresh == ((HelpLine("KG", "Example line", "000", checked),) if shown else ())
    assert any(f"was last checked on {checked}" in report for report in found.hidden) is not shown


def test_the_deployments_own_check_takes_the_place_of_the_shipped_line(tmp_path: Path) -> None:
    keep(tmp_path, f'country: TR, name: YIMER, phone: "157", verified_on: {TODAY}, verified_by: A. B.')
    found = help_lines(tmp_path, TODAY)
    assert [line.phone for line in found.fresh] == ["157"]
    assert not any(" 157 " in report for report in found.hidden)


def test_a_faulty_file_is_named_with_its_line(tmp_path: Path) -> None:
    keep(tmp_path, 'country: KG, name: Example, phone: "000", verified: yes')
    with pytest.raises(AskOperator, match=rf"{FILE_NAME}:2: .*verified"):
        help_lines(tmp_path, TODAY)
