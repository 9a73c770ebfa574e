"""Hands mails to a relay: smtp:// on this machine only, smtp+starttls:// and smtps:// anywhere (ETH-19)."""

from __future__ import annotations

import contextlib
import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from alerts.channels import AnswerLost
from alerts.envelope import to_bytes, to_message
from chyrak.errors import AskOperator, ChyrakError, RetryLater, SkipItem
from chyrak.records import Mail, Receipt
from chyrak.settings import MailSettings

SCHEMES = ("smtp", "smtp+starttls", "smtps")

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_TIMEOUT_SECONDS = 30.0


def connect(settings: MailSettings) -> Smtp:
    """The relay that `settings.relay` names; nothing is sent yet.

    `user@` in the relay's url asks for a login with the password in `password_file`. Certificates are verified against
    the machine's store; SSL_CERT_FILE names another (the certificate of an organisation's own relay).
    """
    parts = urlsplit(settings.relay)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise AskOperator(f"mail.relay: {fault}. Write it as smtps://relay.example:465.") from fault
    if not host:
        raise AskOperator(f"mail.relay: {settings.relay!r} names no host. Write it as smtps://relay.example:465.")
    if parts.password is not None:
        raise AskOperator("mail.relay: holds a password. Move it into a file and name that file in mail.password_file.")
    if parts.scheme == "smtp" and not _is_loopback(host):
        raise AskOperator(
            f"mail.relay: smtp:// to {host} would send alerts unencrypted over a network (ETH-19). "
            "Use smtp+starttls:// or smtps://."
        )
    user = unquote(parts.username) if parts.username else ""
    password = _password(settings.password_file, user)
    return Smtp(parts.scheme, host, port or _PORTS[parts.scheme], settings.sender, user, password)


@dataclass(frozen=True, slots=True)
class Smtp:
    """One relay; a connection for each mail, so that one mail's failure is never another's."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = _TIMEOUT_SECONDS

    def send(self, mail: Mail) -> Receipt:
        """Hand the mail over; returns when the relay has said that it is now responsible for it."""
        message = to_message(mail, self.sender, datetime.now(UTC))
        sender = message["From"].addresses[0].addr_spec
        with self._session() as session:
            self._envelope(session, sender, mail.recipient)
            try:
                code, answer = session.data(to_bytes(message))
            except smtplib.SMTPDataError as fault:  # refused before a byte of the mail was sent
                code, answer = fault.smtp_code, _bytes(fault.smtp_error)
            except (smtplib.SMTPServerDisconnected, OSError) as fault:
                raise AnswerLost(
                    f"{self._relay}: the connection broke while handing over the mail for {mail.recipient}: {fault}. "
                    "The same mail is sent again; its Message-ID shows a repeat."
                ) from fault
        if code != 250:
            raise self._refusal(code, answer, f"the mail for {mail.recipient}")
        return Receipt("smtp", mail.message_id, datetime.now(UTC), _said(code, answer))

    @property
    def _relay(self) -> str:
        return f"relay {self.host}:{self.port}"

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        session = self._connected()
        try:
            yield session
        finally:
            # Once DATA is answered the mail is the relay's: a poor goodbye must not make it look unsent.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                session.quit()
            session.close()

    def _connected(self) -> smtplib.SMTP:
        # Asking the resolver for this machine's own name can take seconds on a laptop without a network.
        own_name = "localhost" if _is_loopback(self.host) else None
        session: smtplib.SMTP | None = None
        try:
            if self.scheme == "smtps":
                session = smtplib.SMTP_SSL(
                    self.host, self.port, own_name, timeout=self.timeout, context=ssl.create_default_context()
                )
            else:
                session = smtplib.SMTP(self.host, self.port, own_name, timeout=self.timeout)
            session.ehlo_or_helo_if_needed()
            if self.scheme == "smtp+starttls":
                session.starttls(context=ssl.create_default_context())
                session.ehlo_or_helo_if_needed()
            if self.user:
                session.login(self.user, self.password)
        except BaseException as fault:
            if session is not None:
                session.close()
            if isinstance(fault, smtplib.SMTPException | OSError):
                raise self._cannot_connect(fault) from fault
            raise
        return session

    def _cannot_connect(self, fault: smtplib.SMTPException | OSError) -> ChyrakError:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return AskOperator(
                f"{self._relay}: its certificate cannot be trusted: {fault.verify_message}. Check the host's name in "
                "mail.relay; for a relay of your own name its certificate in SSL_CERT_FILE."
            )
        if isinstance(fault, smtplib.SMTPNotSupportedError):
            return AskOperator(
                f"{self._relay}: {fault} Use smtps:// if the relay speaks TLS from the start, or ask who runs it."
            )
        if isinstance(fault, smtplib.SMTPAuthenticationError) and fault.smtp_code >= 500:
            return AskOperator(
                f"{self._relay}: refused the login of {self.user}: {_said(fault.smtp_code, _bytes(fault.smtp_error))}. "
                "Check the user in mail.relay and the password in mail.password_file."
            )
        return RetryLater(f"{self._relay}: no session: {fault}. The mail waits and is tried again.")

    def _envelope(self, session: smtplib.SMTP, sender: str, recipient: str) -> None:
        try:
            code, answer = session.mail(sender)
            if code >= 500:
                # Every mail has the same sender: skipping them one by one would lose them all.
                raise AskOperator(
                    f"{self._relay}: refuses the sender {sender}: {_said(code, answer)}. Set mail.sender to an address "
                    "this relay lets you use."
                )
            if code != 250:
                raise self._refusal(code, answer, f"the sender {sender}")
            code, answer = session.rcpt(recipient)
        except (smtplib.SMTPException, OSError) as fault:
            raise RetryLater(
                f"{self._relay}: the connection broke before the mail was handed over: {fault}."
            ) from fault
        if code not in (250, 251):
            raise self._refusal(code, answer, f"the recipient {recipient}")

    def _refusal(self, code: int, answer: bytes, what: str) -> ChyrakError:
        said = _said(code, answer)
        if code >= 500:
            return SkipItem(f"{self._relay}: refuses {what} for good: {said}. Check the address with the person.")
        return RetryLater(f"{self._relay}: does not take {what} now: {said}. The mail waits and is tried again.")


def _is_loopback(host: str) -> bool:
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _password(file: Path | None, user: str) -> str:
    if not user:
        return ""
    if file is None:
        raise AskOperator(f"mail.relay: asks for a login as {user}, and mail.password_file is not set. Name the file.")
    try:
        password = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise AskOperator(
            f"mail.password_file: {file}: cannot be read: {fault}. Check the path and its rights."
        ) from fault
    if not password:
        raise AskOperator(f"mail.password_file: {file}: is empty. Write the relay's password into it.")
    return password


def _said(code: int, answer: bytes) -> str:
    return f"{code} {' '.join(answer.decode('utf-8', 'replace').split())}"[:300]


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
