"""`chyrak demo`: the whole of Chyrak on a made-up town, without any network."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from chyrak.errors import AskOperator
from runtime.cli.options import HomeOption

READERS_REST_SECONDS = 3.0
_LOOPBACK = "127.0.0.1"


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="One pass, a JSON summary as the last line, and the end.")
    ] = False,
    no_web: Annotated[bool, typer.Option("--no-web", help="Without the review pages and the mailbox page.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the review pages.")] = 8400,
    home: HomeOption = None,
) -> None:
    """Crawl, read, review and mail a made-up town on this machine. Ctrl-C ends it; starting again goes on."""
    from chyrak.home import prepare_home
    from chyrak.settings import default_home
    from runtime.demo import setting
    from runtime.supervisor import only_one

    folder = prepare_home((home or default_home().with_name("chyrak-demo")).expanduser().resolve())
    with only_one(folder):
        if not no_web:
            _need_port(port)
        mail_port = _free_port()
        setting.write_files(folder, mail_port=mail_port, web_port=port)
        if once:
            _once(folder, mail_port)
        else:
            _run(folder, mail_port, web=not no_web)


def readers(home: HomeOption = None) -> None:
    """Decide what waits in the name of the demo's made-up readers, again and again."""
    import signal
    import threading

    from chyrak.errors import RetryLater
    from runtime.context import now, opened
    from runtime.demo.reviewer import review_pending
    from runtime.demo.setting import load_cast
    from runtime.logs import set_up_logs

    left = load_cast().left_for_visitor
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    with opened(home) as context:
        set_up_logs(context.home, "readers")
        while not ending.wait(READERS_REST_SECONDS):
            with contextlib.suppress(RetryLater):
                review_pending(context.store, context.settings, now(), one_in=left, tell=typer.echo)


def _once(folder: Path, mail_port: int) -> None:
    from chyrak.serial import to_plain
    from runtime.context import Context, now, opened
    from runtime.demo import setting, town
    from runtime.demo.reviewer import review_pending
    from runtime.logs import set_up_logs
    from runtime.onepass import one_pass

    def review(context: Context) -> int:
        return review_pending(context.store, context.settings, now(), tell=lambda line: typer.echo(line, err=True))

    began = time.monotonic()
    set_up_logs(folder, "pass")
    with _children(folder, [_town(folder, "--once"), _sink(folder, mail_port)]):
        town.wait_open(folder)
        _wait_for(mail_port)
        with opened(folder) as context:
            setting.settle(context.store, now())
            summary = to_plain(one_pass(context, review))
    summary["seconds"] = round(time.monotonic() - began, 1)
    typer.echo(json.dumps(summary))


def _run(folder: Path, mail_port: int, *, web: bool) -> None:
    import review
    from runtime import leash
    from runtime.cli.running import parts, supervise
    from runtime.context import now, opened
    from runtime.demo import setting
    from runtime.supervisor import Part

    with opened(folder) as context:
        setting.settle(context.store, now())
        person = setting.load_cast().first_reader
        link = review.login_link(context.settings, context.store, person, now=now(), made_by="demo")
    where = ("--home", str(folder))
    children: list[Part] = [Part("town", _town(folder)), Part("sink", _sink(folder, mail_port))]
    children += [part for part in parts(folder) if web or part.name != "web"]
    children.append(Part("readers", leash.command("runtime", "demo-readers", *where)))
    typer.echo(f"The demo town is starting in {folder}. Everything in it is made up; nothing leaves this machine.")
    typer.echo("The demo's policy file lets two made-up readers decide; in earnest only people do.")
    typer.echo("They leave some adverts in the queue to you, who are their first reader.")
    if web:
        mailbox = _free_port()
        command = leash.command("runtime.demo.mailbox", "--folder", str(_mailbox(folder)), "--port", str(mailbox))
        children.append(Part("mailbox", command))
        typer.echo(f"Review pages, a link that works once, within 30 minutes:\n  {link}")
        typer.echo(f"The mails an NGO would get:\n  http://{_LOOPBACK}:{mailbox}/")
    typer.echo("Ctrl-C ends it; starting it again goes on where it was.")
    supervise(folder, children)


def _mailbox(folder: Path) -> Path:
    return folder / "mailbox"


def _town(folder: Path, *options: str) -> list[str]:
    from runtime import leash

    return leash.command("runtime.demo.town", "--home", str(folder), *options)


def _sink(folder: Path, port: int) -> list[str]:
    from runtime import leash

    return leash.command("alerts.sink", "--port", str(port), "--folder", str(_mailbox(folder)))


@contextlib.contextmanager
def _children(folder: Path, commands: Sequence[Sequence[str]]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        output = stack.enter_context((folder / "log" / "town.out").open("ab"))
        for command in commands:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
            )
            stack.callback(_end, child)
        yield


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdin is not None:
        child.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _need_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError as fault:
            raise AskOperator(
                f"Port {port} on {_LOOPBACK} is in use by another program. Name another one with --port."
            ) from fault


def _wait_for(port: int, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((_LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    raise AskOperator(f"The mail sink does not answer on port {port} after {seconds:.0f} s. See log/town.out.")
