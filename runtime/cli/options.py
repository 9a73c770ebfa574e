"""Options that many commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Folder that holds everything Chyrak writes (also CHYRAK_HOME)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]


def print_json(value: Any) -> None:
    """One JSON value on standard output; records as plain values, never a raw contact."""
    from chyrak.serial import to_plain

    typer.echo(json.dumps(to_plain(value), ensure_ascii=False))


def print_table(headings: list[str], rows: list[list[Any]]) -> None:
    """A table for people; an empty one says so."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not rows:
        console.print("Nothing to show.")
        return
    table = Table(*headings)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)
