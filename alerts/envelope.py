"""A `Mail` as the bytes that go over the wire."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from chyrak.errors import AskOperator, SkipItem
from chyrak.records import Mail

# Seven bits only: base64 or quoted-printable pass every relay, whether it knows 8BITMIME or not.
_POLICY = SMTP.clone(cte_type="7bit")
# The limit of RFC 5322: at the usual 78 a long link in List-Unsubscribe would be broken up and encoded.
_LONGEST_LINE = 998


def to_message(mail: Mail, sender: str, at: datetime) -> EmailMessage:
    """The mail as text and HTML alternatives, plain text first.

    Raises AskOperator for a sender that is no address, SkipItem for a recipient that is none or a header that is.
    """
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(sender)
    message["From"] = _address(
        name, address, AskOperator, f"mail.sender: {sender!r} is no mail address. Mend the setting."
    )
    message["To"] = _address(
        "", mail.recipient, SkipItem, f"{mail.recipient!r} is no mail address. Mend the person's entry."
    )
    headers = (
        ("Subject", mail.subject),
        ("Date", format_datetime(at)),
        ("Message-ID", mail.message_id),
        *mail.headers,
    )
    for header, value in headers:
        try:
            message[header] = value
        except ValueError as fault:
            raise SkipItem(f"mail {mail.message_id!r}: its header {header} cannot be sent: {fault}.") from fault
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def to_bytes(message: EmailMessage) -> bytes:
    """The message as it is sent: CRLF, seven bits."""
    return message.as_bytes(policy=_POLICY.clone(max_line_length=_LONGEST_LINE))


def _address(name: str, address: str, error: type[AskOperator] | type[SkipItem], fault: str) -> Address:
    local, at, domain = address.rpartition("@")
    if not (local and at and domain and address.isascii()) or any(letter.isspace() for letter in address):
        raise error(fault)
    try:
        return Address(name, local, domain)
    except (ValueError, IndexError) as problem:
        raise error(fault) from problem
