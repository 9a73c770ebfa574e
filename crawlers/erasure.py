"""Takes single answers out of the archive, so that an erasure request reaches the evidence too (ETH-12)."""

from __future__ import annotations

import os
import re
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.warcwriter import WARCWriter

from chyrak.errors import AskOperator, SkipItem
from crawlers.evidence import place

_KIND = re.compile(rb"WARC-Type: (\w+)")
_LONGEST_MEMBER = 64 * 1024 * 1024
# Deflate, with a comment field (FCOMMENT), no time, unknown system.
_GZIP_HEADER = b"\x1f\x8b\x08\x10\0\0\0\0\0\xff"


def erase(archive_folder: Path, archive_ref: str, *, reason: str, now: datetime) -> None:
    """Take one answer and its request out of the archive for good (ETH-12); the records around them stay in place.

    In its stead, in as many bytes, stands a record that says when and why. Doing it twice changes nothing more.
    Raises SkipItem when no record stands there, AskOperator when the file is missing or cannot be written.
    """
    path, offset = place(archive_folder, archive_ref)
    try:
        with path.open("r+b") as file:
            for start, length in _members(file, offset):
                file.seek(start)
                file.write(_padded(_tombstone(reason, now), length))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError as fault:
        raise AskOperator(f"{path}: this part of the archive is missing. Erase it from its backup.") from fault
    except OSError as fault:
        raise AskOperator(f"{path}: nothing was erased: {fault.strerror}. Mend its rights.") from fault


def _members(file: IO[bytes], offset: int) -> list[tuple[int, int]]:
    """Places and lengths of the response's and the request's gzip members."""
    found: list[tuple[int, int]] = []
    for _ in range(2):
        file.seek(offset)
        decompressor = zlib.decompressobj(zlib.MAX_WBITS + 16)
        try:
            content = decompressor.decompress(file.read(_LONGEST_MEMBER))
        except zlib.error:
            break
        kind = _KIND.search(content[:2000])
        if not decompressor.eof or kind is None or kind[1] not in (b"response", b"request", b"metadata"):
            break
        if found and kind[1] == b"response":
            break
        length = file.tell() - len(decompressor.unused_data) - offset
        found.append((offset, length))
        offset += length
    if not found:
        raise SkipItem(f"{file.name}:{offset}: no whole record stands there; nothing was erased.")
    return found


def _tombstone(reason: str, now: datetime) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    text = f"erased: {now.astimezone(UTC).isoformat()}\r\nreason: {reason}\r\n".encode()
    writer.write_record(writer.create_warc_record("", "metadata", payload=BytesIO(text), length=len(text)))
    return buffer.getvalue()


def _padded(content: bytes, length: int) -> bytes:
    """One gzip member of exactly `length` bytes; the comment field of its header takes up the slack."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(content) + packer.flush()
    body += zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    slack = length - len(_GZIP_HEADER) - len(body) - 1
    if slack < 0:
        return _padded(content[:-8], length) if len(content) > 8 else b"\0" * length
    return _GZIP_HEADER + b" " * slack + b"\0" + body
