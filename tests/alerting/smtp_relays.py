# ruff: noqa: N802 - aiosmtpd calls its handlers by these names
"""Real mail servers on loopback that answer as they are told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Relay:
    """What a relay answers, and what it took. `hang_up` drops the line at mail, data or answer."""

    mail: str = ""
    rcpt: str = ""
    data: str = "250 2.0.0 queued as 42"
    hang_up: str = ""
    password: str = ""
    taken: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hang_up == "mail":
            server.transport.abort()
        if not self.mail:
            envelope.mail_from = address
        return self.mail or "250 ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data.startswith("250"):
            self.taken.append(envelope)
            self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.hang_up == "answer":
            server.transport.abort()
        return self.data

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        return AuthResult(success=(login.login, login.password) == (b"chyrak", self.password.encode()), handled=False)


class _HangsUpInData(SMTP):
    """Takes part of the mail and drops the line."""

    async def smtp_DATA(self, arg: str) -> None:
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


@contextmanager
def listening(relay: Relay, certificate: Path | None = None, mode: str = "plain") -> Iterator[Relay]:
    """The relay on a free port of loopback; `mode` is plain, starttls or tls."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    kind = _HangsUpInData if relay.hang_up == "data" else SMTP
    settings: dict[str, Any] = {"hostname": "relay.example"}
    if mode == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if relay.password:
        settings |= {"authenticator": relay.authenticate, "auth_required": True, "auth_require_tls": mode == "starttls"}
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def body() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)  # hanging up is what these relays are for
        server = await loop.create_server(
            lambda: kind(relay, **settings), "127.0.0.1", 0, ssl=context if mode == "tls" else None
        )
        started.set_result((loop, ended, server.sockets[0].getsockname()[1]))
        await ended.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(body()), daemon=True)
    thread.start()
    loop, ended, relay.port = started.result(timeout=10)
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(timeout=10)
