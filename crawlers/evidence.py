"""The archive: every answer as received, in WARC files a standard reader opens (ETH-15).

One file per run, one gzip member per record, the response before its request, on the disk before anybody is told of
it. A file that a killed run cut short keeps all its whole records, and later runs never write into it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from w3lib.url import safe_url_string
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from chyrak.errors import AskOperator, SkipItem

Headers = Sequence[tuple[str, str]]
# Written into the header block of the record they would make false: Scrapy has undone the transfer already.
_HOP_HEADERS = frozenset({"transfer-encoding", "connection", "keep-alive"})


class Archive:
    """Writes one run's answers into one new WARC file below `folder`, made when the first answer is kept."""

    def __init__(self, folder: Path, label: str = "chyrak") -> None:
        self._folder = folder
        self._label = label
        self._file: IO[bytes] | None = None
        self._name = ""

    def keep(
        self,
        url: str,
        *,
        status: int,
        headers: Headers,
        body: bytes,
        fetched_at: datetime,
        request_headers: Headers = (),
        reason: str = "",
        ip_address: str = "",
    ) -> str:
        """Write one answer and its request, wait until the disk has them, and return the `archive_ref`.

        `body` is as received: still compressed when `headers` say so. Raises AskOperator when the disk refuses.
        """
        try:
            file = self._file or self._begin(fetched_at)
            offset = file.tell()
            self._write(file, url, status, headers, body, fetched_at, request_headers, reason, ip_address)
            file.flush()
            os.fsync(file.fileno())
        except OSError as fault:
            raise AskOperator(
                f"{self._folder / self._name}: the archive cannot be written: {fault.strerror}. "
                "Free space or mend its rights; nothing is crawled without evidence."
            ) from fault
        return f"{self._name}:{offset}"

    def close(self) -> None:
        """Close the file; the next `keep` begins a new one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _begin(self, moment: datetime) -> IO[bytes]:
        stamp = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        # A month a folder; the random tail keeps two runs that begin in one second apart.
        self._name = f"{stamp[:6]}/{self._label}-{stamp}-{secrets.token_hex(4)}.warc.gz"
        path = self._folder / self._name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("xb")
        path.chmod(0o600)
        self._file = file
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        software = f"chyrak/{version('chyrak')} warcio/{version('warcio')} scrapy/{version('scrapy')}"
        info = {"software": software, "format": "WARC File Format 1.1", "robots": "obey"}
        writer.write_record(writer.create_warcinfo_record(path.name, info))
        _sync_folder(path.parent)
        return file

    @staticmethod
    def _write(
        file: IO[bytes],
        url: str,
        status: int,
        headers: Headers,
        body: bytes,
        fetched_at: datetime,
        request_headers: Headers,
        reason: str,
        ip_address: str,
    ) -> None:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        about = {
            "WARC-Date": fetched_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "WARC-Payload-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}",
        }
        if ip_address:
            about["WARC-IP-Address"] = ip_address
        kept = [(name, value) for name, value in headers if name.lower() not in _HOP_HEADERS]
        response = writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(f"{status} {reason}".strip(), kept, protocol="HTTP/1.1"),
            warc_headers_dict=about,
        )
        # The request line as it went over the wire: ASCII, with everything else escaped.
        target = safe_url_string(url).split("/", 3)
        request = writer.create_warc_record(
            url,
            "request",
            http_headers=StatusAndHeaders(
                f"GET /{target[3] if len(target) > 3 else ''} HTTP/1.1", list(request_headers), is_http_request=True
            ),
        )
        writer.write_request_response_pair(request, response)


def read(archive_folder: Path, archive_ref: str) -> tuple[list[tuple[str, str]], bytes]:
    """The HTTP headers and the body, decompressed, of the answer at `archive_ref`.

    Raises SkipItem naming file and offset when the record is cut short, damaged or no answer at all; AskOperator when
    the file is missing.
    """
    path, offset = place(archive_folder, archive_ref)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            headers, raw, digest = _record(file)
    except FileNotFoundError as fault:
        raise AskOperator(f"{path}: this part of the archive is missing. Bring it back from a backup.") from fault
    except PermissionError as fault:
        raise AskOperator(f"{path}: cannot be read: {fault.strerror}. Mend its rights.") from fault
    except Exception as fault:
        # A cut or damaged record makes the WARC reader fail in ways it does not promise, AttributeError among them.
        raise SkipItem(f"{path}:{offset}: no whole record stands there ({fault}).") from fault
    if digest != f"sha256:{hashlib.sha256(raw).hexdigest()}":
        raise SkipItem(
            f"{path}:{offset}: the record is not whole: its bytes do not match its digest {digest}. "
            "A run was probably killed while writing it; the page is asked for again at the next run."
        )
    encoding = next((value for name, value in headers if name.lower() == "content-encoding"), None)
    return headers, _decompressed(raw, encoding)


def _record(file: IO[bytes]) -> tuple[list[tuple[str, str]], bytes, str | None]:
    record = next(iter(ArchiveIterator(file)), None)
    if record is None or record.rec_type != "response" or record.http_headers is None:
        raise ArchiveLoadFailed("the file was cut short or replaced")
    headers = [(str(name), str(value)) for name, value in record.http_headers.headers]
    return headers, record.raw_stream.read(), record.rec_headers.get_header("WARC-Payload-Digest")


def place(folder: Path, archive_ref: str) -> tuple[Path, int]:
    """File and offset of an `archive_ref`. Raises SkipItem for one that leads nowhere or outside the archive."""
    name, _, offset = archive_ref.rpartition(":")
    path = (folder / name).resolve()
    if not name or not offset.isdecimal() or not path.is_relative_to(folder.resolve()):
        raise SkipItem(f"{archive_ref!r} is no place in the archive {folder}: it must read FILE:OFFSET.")
    return path, int(offset)


def _decompressed(raw: bytes, encoding: str | None) -> bytes:
    for name in reversed((encoding or "").lower().replace("x-gzip", "gzip").split(",")):
        if name.strip() in ("gzip", "deflate", "br"):
            raw = bytes(BufferedReader(BytesIO(raw), decomp_type=name.strip()).read())
    return raw


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
