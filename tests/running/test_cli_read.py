"""`chyrak read`: one reading a line in the same order, whatever the lines hold."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = {"id": "a", "text": "Требуются девушки в Дубай, паспорт сдаёте нам, долг за билет отработаете"}


def _read(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "runtime", "read", *arguments],
        input=given,
        capture_output=True,
        timeout=300,
        check=False,
    )


def _lines(*values: object) -> bytes:
    return b"".join(
        value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode() + b"\n"
        for value in values
    )


ODD = ["", "\x00", "\ud800", "😀" * 50, "\u202e" + "паспорт", "а" * 100_000]
MANY = [f"{number:04d}" for number in range(700)]


@pytest.fixture(scope="module")
def done() -> subprocess.CompletedProcess[bytes]:
    """One run over an advert with risk indicators, over texts of any kind, and over more lines than one batch holds."""
    odd = b"".join(json.dumps({"id": str(n), "text": text}).encode() + b"\n" for n, text in enumerate(ODD))
    return _read(given=_lines(GOOD, odd, *({"id": name, "text": f"Нужен повар {name}"} for name in MANY)))


def test_a_reading_names_level_reasons_and_evidence_in_the_original_text(done: subprocess.CompletedProcess[bytes]):
    reading = json.loads(done.stdout.splitlines()[0])
    assert reading["id"] == "a"
    assert reading["level"] >= 3
    assert reading["stance"] == "OFFER"
    assert reading["reasons"]
    quotes = [span for indicator in reading["indicators"] for span in indicator["spans"]]
    assert quotes
    for span in quotes:
        body = "\n" + GOOD["text"]  # offsets count title, a newline and text
        assert body[span["start"] : span["end"]] == span["text"]


def test_any_text_at_all_gets_a_reading_and_the_order_of_the_lines_is_kept(done: subprocess.CompletedProcess[bytes]):
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", *map(str, range(len(ODD))), *MANY]


def test_a_malformed_line_is_reported_by_its_number_and_the_rest_goes_on():
    bad = [
        b"{not json\n",
        b'"a string"\n',
        _lines({"text": "no id"}),
        _lines({"id": "x"}),
        _lines({"id": "x", "text": 5}),
        b'{"id": "x", "text": "\xff\xfe"}\n',
        _lines({"id": "x", "text": "t", "published": "yesterday"}),
        b"[" * 100_000 + b"\n",
    ]
    done = _read(given=_lines(GOOD, *bad, b"\n", {**GOOD, "id": "b"}))
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]
    reported = done.stderr.decode().splitlines()
    assert [line.split(":")[0] for line in reported] == [f"line {number}" for number in range(2, 2 + len(bad))]
    assert all("the rest goes on" in line for line in reported)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    done = _read(str(tmp_path / "nothing.jsonl"))
    assert done.returncode != 0
    assert b"nothing.jsonl: cannot be read" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_went_away_ends_the_reading_quietly():
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime", "read"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(_lines(*([GOOD] * 300)), timeout=120)
    assert b"Traceback" not in errors


def test_real_ordinary_adverts_are_read_without_a_fault(outside_data: Path, tmp_path: Path):
    with gzip.open(outside_data / "ads" / "real_ordinary.jsonl.gz") as packed:
        lines = packed.read().splitlines()
    file = tmp_path / "real.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    done = _read(str(file))
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert len(done.stdout.splitlines()) == len(lines)
