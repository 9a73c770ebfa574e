"""Appends to a local mailbox file, for places without a relay: `mbox:///path/to/file.mbox`. Done means on disk."""

from __future__ import annotations

import fcntl
import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email.generator import BytesGenerator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from alerts.envelope import to_message
from chyrak.errors import AskOperator, RetryLater
from chyrak.records import Mail, Receipt
from chyrak.settings import MailSettings

SCHEMES = ("mbox",)


def connect(settings: MailSettings) -> Mbox:
    """The mailbox file that the relay names; its folder must be there."""
    parts = urlsplit(settings.relay)
    file = Path(unquote(parts.path))
    if parts.netloc or not file.is_absolute() or not file.parent.is_dir() or file.is_dir():
        raise AskOperator(
            f"mail.relay: {settings.relay!r} names no mailbox file in a folder that is there. "
            "Write mbox:// and the absolute path, three slashes in all, and make the folder."
        )
    return Mbox(file, settings.sender)


@dataclass(frozen=True, slots=True)
class Mbox:
    """One mailbox file (mboxrd), locked while it is written."""

    file: Path
    sender: str

    def send(self, mail: Mail) -> Receipt:
        """Append and fsync. A mail cut short by a crash is closed off, so that the next one stands alone."""
        now = datetime.now(UTC)
        message = to_message(mail, self.sender, now)
        message.set_unixfrom(f"From chyrak {now:%a %b %d %H:%M:%S %Y}")
        buffer = io.BytesIO()
        BytesGenerator(buffer, mangle_from_=True, policy=message.policy.clone(linesep="\n")).flatten(
            message, unixfrom=True
        )
        try:
            self._append(buffer.getvalue().rstrip(b"\n") + b"\n\n")
        except OSError as fault:
            raise RetryLater(
                f"{self.file}: cannot be written: {fault.strerror}. The mail waits; make room or mend its rights."
            ) from fault
        return Receipt("mbox", mail.message_id, now, f"appended to {self.file.name}")

    def _append(self, record: bytes) -> None:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 2))
            whole = size == 0 or stream.read() == b"\n\n"
            payload = record if whole else b"\n\n" + record
            written = 0
            while written < len(payload):
                written += stream.write(payload[written:])
            os.fsync(stream.fileno())
        folder = os.open(self.file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
