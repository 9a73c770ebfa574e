"""Help lines to call, shown only while somebody's check of them is fresh (ETH-30)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chyrak.datafiles import load_yaml

FRESH_FOR = timedelta(days=180)
FILE_NAME = "helplines.yaml"
"""The file's name in the home folder, where a deployment keeps the lines it has checked itself."""

_SHIPPED = Path(__file__).parent / FILE_NAME


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A line somebody has rung and found to answer on `verified_on`; `country` is ISO 3166-1 alpha-2."""

    country: str
    name: str
    phone: str
    verified_on: date


@dataclass(frozen=True, slots=True)
class HelpLines:
    """`fresh` may be shown; `hidden` says of each other line why it is not, and what to do."""

    fresh: tuple[HelpLine, ...]
    hidden: tuple[str, ...]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: Annotated[str, Field(min_length=1)]
    phone: Annotated[str, Field(min_length=2)]
    verified_on: date | None
    verified_by: str = ""
    note: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lines: tuple[_Line, ...]


def help_lines(home: Path, today: date) -> HelpLines:
    """The lines of the shipped file and of `helplines.yaml` in `home`, which wins for the same country and phone.

    A line that was never checked, checked more than 180 days ago or in the future is hidden and reported. Raises
    AskOperator with file and line for a file that cannot be read.
    """
    found: dict[tuple[str, str], tuple[Path, _Line]] = {}
    for file in (_SHIPPED, home / FILE_NAME):
        if file == _SHIPPED or file.exists():
            for line in load_yaml(file, _File).lines:
                found[line.country, line.phone] = (file, line)
    fresh: list[HelpLine] = []
    hidden: list[str] = []
    for file, line in sorted(found.values(), key=lambda pair: (pair[1].country, pair[1].name, pair[1].phone)):
        checked = line.verified_on
        if checked is not None and today - FRESH_FOR <= checked <= today:
            fresh.append(HelpLine(line.country, line.name, line.phone, checked))
        else:
            hidden.append(_report(file, line, home))
    return HelpLines(tuple(fresh), tuple(hidden))


def _report(file: Path, line: _Line, home: Path) -> str:
    when = "was never checked" if line.verified_on is None else f"was last checked on {line.verified_on}"
    return (
        f"{file}: {line.country} {line.phone} ({line.name}) {when}, so it is not shown. Ring it, then write it with "
        f"today's date as verified_on into {home / FILE_NAME}."
    )
