"""Reads back a folder of .eml files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MailSummary:
    """One stored mail; `file` is its name in the folder, `date` is when it was sent (UTC)."""

    file: str
    to: str
    subject: str
    date: datetime
    message_id: str
    text: str
    html: str


def list_mailbox(folder: Path) -> list[MailSummary]:
    """Every mail in the folder, newest first; an empty list where there is no such folder yet."""
    found = []
    for file in sorted(folder.glob("*.eml"), reverse=True):
        try:
            found.append(_read(file))
        except FileNotFoundError:  # taken away between the listing and the reading
            continue
    return found


def _read(file: Path) -> MailSummary:
    message = message_from_bytes(file.read_bytes(), policy=default)
    return MailSummary(
        file=file.name,
        to=_header(message, "To"),
        subject=_header(message, "Subject"),
        date=_date(message, file),
        message_id=_header(message, "Message-ID"),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, "")).strip()


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    content = part.get_content()
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""


def _date(message: EmailMessage, file: Path) -> datetime:
    try:
        sent = parsedate_to_datetime(_header(message, "Date"))
    except ValueError:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent.astimezone(UTC)
