"""A mail server for this machine only: every mail it takes becomes an .eml file in a folder.

The demo and the tests send to it; nothing goes further. Run as `python -m alerts.sink --port N --folder DIR`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from alerts.mailbox import MailSummary, list_mailbox
from chyrak.errors import AskOperator

__all__ = ["MailSummary", "list_mailbox", "main", "running"]

LOOPBACK = "127.0.0.1"
_MOST_BYTES = 25_000_000


@contextlib.contextmanager
def running(folder: Path, port: int = 0) -> Iterator[int]:
    """A sink in a thread of this process; gives the port it listens on (0 asks for a free one)."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def body() -> None:
        ended = asyncio.Event()
        await _serve(folder, port, ended, lambda at: started.set_result((asyncio.get_running_loop(), ended, at)))

    def run() -> None:
        try:
            asyncio.run(body())
        except BaseException as fault:
            if started.done():
                raise
            started.set_exception(fault)

    thread = threading.Thread(target=run, name="mail sink", daemon=True)
    thread.start()
    loop, ended, listening = started.result()
    try:
        yield listening
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C, then end with 0; the first line of output tells where it listens."""
    parser = argparse.ArgumentParser(prog="python -m alerts.sink", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 asks for a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where the .eml files go; made if absent")
    given = parser.parse_args(arguments)
    try:
        asyncio.run(_until_signal(given.folder, given.port))
    except AskOperator as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


async def _until_signal(folder: Path, port: int) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)

    def tell(at: int) -> None:
        sys.stdout.write(f"mail sink on {LOOPBACK}:{at}, mails go to {folder}\n")
        sys.stdout.flush()

    await _serve(folder, port, ended, tell)


async def _serve(folder: Path, port: int, ended: asyncio.Event, listening: Callable[[int], None]) -> None:
    sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()

    def session() -> SMTP:
        made = SMTP(_Store(folder), hostname="sink.localdomain", data_size_limit=_MOST_BYTES, enable_SMTPUTF8=True)
        sessions.add(made)
        return made

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        server = await asyncio.get_running_loop().create_server(session, LOOPBACK, port)
    except OSError as fault:
        raise AskOperator(
            f"The mail sink cannot start on {LOOPBACK}:{port} with folder {folder}: {fault.strerror}. "
            "Choose another port or folder, or end what uses it."
        ) from fault
    listening(int(server.sockets[0].getsockname()[1]))
    await ended.wait()
    server.close()
    # A sender in the middle of a mail gets no answer, keeps the mail and comes again: nothing is lost by closing now.
    for open_session in list(sessions):
        if open_session.transport is not None:
            open_session.transport.close()


@dataclass(frozen=True, slots=True)
class _Store:
    folder: Path

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        try:
            name = await asyncio.to_thread(_keep, self.folder, envelope)
        except OSError as fault:
            return f"452 4.3.1 cannot store the mail now: {fault.strerror}"
        return f"250 2.0.0 kept as {name}"


def _keep(folder: Path, envelope: Envelope) -> str:
    """Write beside, fsync, rename, fsync the folder: a file with the right name is always a whole mail."""
    content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content or "").encode()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}.eml"
    partial = folder / f".{name}.part"
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return name


if __name__ == "__main__":
    sys.exit(main())
