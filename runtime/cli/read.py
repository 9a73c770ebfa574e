"""`chyrak read`: JSON lines in, one reading a line out, in the same order, in constant memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated

import typer

from chyrak.errors import AskOperator
from chyrak.lasting import lasting
from chyrak.records import Posting
from chyrak.settings import load_settings
from runtime.cli.options import HomeOption

LONGEST_LINE = 16_000_000


def read(
    file: Annotated[
        Path | None, typer.Argument(help="JSON lines with id, text and if known title, url, source, published.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Read adverts from FILE or standard input and print one reading a line.

    A line that cannot be read is reported by its number on standard error; the rest goes on and the exit code is 1.
    """
    faults = _Faults()
    with _opened(file) as lines:  # before the reader is loaded: a wrong name is told at once
        import nlp

        reader = lasting(nlp.load_reader(load_settings(home).reading))
        for reading in nlp.read(reader, _postings(lines, faults)):
            sys.stdout.write(json.dumps(nlp.as_line(reading), ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if faults.count:
        raise typer.Exit(1)


class _Faults:
    def __init__(self) -> None:
        self.count = 0

    def tell(self, number: int, what: str) -> None:
        self.count += 1
        sys.stderr.write(f"line {number}: {what} Skipped; the rest goes on.\n")


def _opened(file: Path | None) -> IO[bytes]:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as fault:
        raise AskOperator(f"{file}: cannot be read: {fault.strerror}. Check the name and its rights.") from fault


def _postings(lines: IO[bytes], faults: _Faults) -> Iterator[Posting]:
    for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), b""), start=1):
        if line.strip():
            posting = _posting(line, number, faults)
            if posting is not None:
                yield posting


def _posting(line: bytes, number: int, faults: _Faults) -> Posting | None:
    import nlp

    try:
        value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as fault:
        faults.tell(number, f"not UTF-8 at byte {fault.start}.")
        return None
    except (json.JSONDecodeError, RecursionError) as fault:
        faults.tell(number, f"not JSON: {fault}.")
        return None
    problem = _problem(value)
    if problem:
        faults.tell(number, problem)
        return None
    try:
        published = datetime.fromisoformat(value["published"]) if value.get("published") else None
    except ValueError:
        faults.tell(number, f"published {value['published']!r} is no ISO 8601 date.")
        return None
    return nlp.text_posting(
        str(value["id"]),
        value["text"],
        title=value.get("title") or "",
        url=value.get("url") or "",
        source=value.get("source") or "",
        published=published,
    )


def _problem(value: object) -> str | None:
    if not isinstance(value, dict):
        return 'not a JSON object. Expected {"id": ..., "text": ...}.'
    if "id" not in value or not isinstance(value["id"], str | int):
        return '"id" is missing or no string.'
    if not isinstance(value.get("text"), str):
        return '"text" is missing or no string.'
    for name in ("title", "url", "source", "published"):
        if not isinstance(value.get(name), str | None):
            return f'"{name}" is no string.'
    return None
