"""The archive: whole records stay whole, broken ones are named, a standard reader opens the files."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from chyrak.errors import AskOperator, SkipItem
from crawlers.erasure import erase
from crawlers.evidence import Archive, read

NOW = datetime(2026, 11, 25, 12, 0, 1, 250, tzinfo=UTC)
URL = "https://board.example/ad/1?x=ё"
_BODY = b"0123456789" * 40
HEADERS = (("Content-Type", "text/html"), ("Set-Header", "один"), ("Transfer-Encoding", "chunked"))

_WRITES_FOR_EVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crawlers.evidence import Archive
archive = Archive(Path(sys.argv[1]), "killed")
number = 0
while True:
    body = (f"page {number} " * 20000).encode()
    url, now = f"https://board.example/{number}", datetime.now(UTC)
    ref = archive.keep(url, status=200, headers=(), body=body, fetched_at=now)
    print(ref, flush=True)
    number += 1
"""


def keep(archive: Archive, body: bytes, **more: object) -> str:
    return archive.keep(URL, **{"status": 200, "headers": HEADERS, "body": body, "fetched_at": NOW, **more})


def test_eth_15_a_record_holds_bytes_headers_time_address_status_and_tool(tmp_path: Path) -> None:
    with Archive(tmp_path, "board") as archive:
        ref = keep(archive, b"<p>body</p>", ip_address="192.0.2.1", request_headers=(("User-Agent", "Chyrak/1"),))
    name, _, offset = ref.rpartition(":")
    with (tmp_path / name).open("rb") as file:
        records = [(record.rec_type, record.rec_headers, record.http_headers) for record in ArchiveIterator(file)]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "request"]
    _, about, http = records[1]
    assert about.get_header("WARC-Target-URI") == URL
    assert about.get_header("WARC-Date") == "2026-11-25T12:00:01.000250Z"
    assert about.get_header("WARC-IP-Address") == "192.0.2.1"
    assert http.get_statuscode() == "200"
    assert records[2][1].get_header("WARC-Concurrent-To") == about.get_header("WARC-Record-ID")
    assert records[2][2].get_header("User-Agent") == "Chyrak/1"
    with gzip.open(tmp_path / name) as plain:
        assert b"software: chyrak/" in plain.read(600)
    assert int(offset) > 0


def test_the_files_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    with Archive(tmp_path, "board") as archive:
        name = keep(archive, b"x").rpartition(":")[0]
    assert (tmp_path / name).stat().st_mode & 0o077 == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=5000), min_size=1, max_size=4))
def test_every_body_comes_back_as_it_went_in(tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("archive")
    with Archive(folder, "board") as archive:
        refs = [keep(archive, body) for body in bodies]
    assert [read(folder, ref)[1] for ref in refs] == bodies


def test_a_compressed_answer_is_kept_as_received_and_read_decompressed(tmp_path: Path) -> None:
    page = "<p>айлык 900 доллар</p>".encode() * 50
    with Archive(tmp_path, "board") as archive:
        ref = keep(archive, gzip.compress(page), headers=(("Content-Encoding", "gzip"),))
    headers, body = read(tmp_path, ref)
    assert body == page
    assert ("Content-Encoding", "gzip") in headers


def test_a_record_cut_in_the_middle_is_named_and_the_whole_ones_before_it_are_read(tmp_path: Path) -> None:
    with Archive(tmp_path, "board") as archive:
        whole = keep(archive, b"whole " * 1000)
        cut = keep(archive, bytes(range(256)) * 500)
    name, _, offset = cut.rpartition(":")
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[: int(offset) + 300])
    assert read(tmp_path, whole)[1] == b"whole " * 1000
    with pytest.raises(SkipItem, match=rf"{path}:{offset}: "):
        read(tmp_path, cut)


@settings(deadline=None)
@given(st.floats(0, 1))
def test_a_file_cut_anywhere_gives_a_whole_body_or_says_so(one_record: tuple[Path, str, bytes], share: float) -> None:
    folder, ref, content = one_record
    (folder / ref.rpartition(":")[0]).write_bytes(content[: int(share * len(content))])
    assert _whole_or_named(folder, ref)


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(0, 7))
def test_a_flipped_bit_is_never_taken_for_evidence(one_record: tuple[Path, str, bytes], share: float, bit: int) -> None:
    folder, ref, content = one_record
    changed = bytearray(content)
    start = int(ref.rpartition(":")[2])
    changed[start + int(share * (len(content) - start - 1))] ^= 1 << bit
    (folder / ref.rpartition(":")[0]).write_bytes(bytes(changed))
    assert _whole_or_named(folder, ref)


def _whole_or_named(folder: Path, ref: str) -> bool:
    try:
        return read(folder, ref)[1] == _BODY
    except SkipItem as fault:
        return str(folder / ref.rpartition(":")[0]) in str(fault)


@pytest.fixture(scope="module")
def one_record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, bytes]:
    """An archive with one record: its folder, the reference, and the file's content."""
    folder = tmp_path_factory.mktemp("archive")
    with Archive(folder, "board") as archive:
        ref = keep(archive, _BODY)
    return folder, ref, (folder / ref.rpartition(":")[0]).read_bytes()


def test_a_killed_writer_loses_no_record_it_told_of_and_stops_no_later_writer(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITES_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(15)]
    writer.send_signal(signal.SIGKILL)
    told += [line.strip() for line in writer.stdout.read().splitlines() if line.strip()]
    writer.wait()
    writer.stdout.close()
    for number, ref in enumerate(told):
        assert read(tmp_path, ref)[1].startswith(f"page {number} ".encode())
    with Archive(tmp_path, "killed") as archive:
        assert read(tmp_path, keep(archive, b"later"))[1] == b"later"


@pytest.mark.parametrize("ref", ["", "x", "../../etc/passwd:0", "a.warc.gz:-1", "/etc/passwd:0"])
def test_a_reference_that_leads_nowhere_or_outside_is_refused(tmp_path: Path, ref: str) -> None:
    with pytest.raises(SkipItem, match="is no place in the archive"):
        read(tmp_path, ref)


def test_a_missing_file_asks_for_a_backup(tmp_path: Path) -> None:
    with pytest.raises(AskOperator, match="Bring it back from a backup"):
        read(tmp_path, "202611/gone.warc.gz:0")


def test_eth_12_an_erased_answer_is_gone_and_its_neighbours_stay(tmp_path: Path) -> None:
    with Archive(tmp_path, "board") as archive:
        before = keep(archive, b"before " * 30)
        wrong = keep(archive, b"+996 555 000 101 " * 30, request_headers=(("X-Secret", "s3cret"),))
        after = keep(archive, b"after " * 30)
    for _ in range(2):
        erase(tmp_path, wrong, reason="asked for by the person concerned", now=NOW)
        assert read(tmp_path, before)[1] == b"before " * 30
        assert read(tmp_path, after)[1] == b"after " * 30
        with pytest.raises(SkipItem, match="no whole record"):
            read(tmp_path, wrong)
    path = tmp_path / wrong.rpartition(":")[0]
    with gzip.open(path) as plain:
        content = plain.read()
    assert b"555 000 101" not in content
    assert b"s3cret" not in content
    assert content.count(b"asked for by the person") >= 1
    with path.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", "response", "request", "metadata", "metadata", "response", "request"]


def test_erasing_where_nothing_stands_says_so(tmp_path: Path) -> None:
    with Archive(tmp_path, "board") as archive:
        ref = keep(archive, b"x")
    name, _, offset = ref.rpartition(":")
    with pytest.raises(SkipItem, match="nothing was erased"):
        erase(tmp_path, f"{name}:{int(offset) + 5}", reason="r", now=NOW)
    with pytest.raises(AskOperator, match="Erase it from its backup"):
        erase(tmp_path, "202611/gone.warc.gz:0", reason="r", now=NOW)
    assert read(tmp_path, ref)[1] == b"x"
