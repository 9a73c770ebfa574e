"""Opens the town: every made-up site on a loopback address of its own, until it is asked to close.

Run as `python -m runtime.demo.town --home DIR [--port 0] [--once]`. The addresses and the first start are kept in
`DIR/demo/town.json`, so that a town that is opened again has the same addresses and goes on where it was. On Linux
each site has its own 127.0.0.x, so that hosts, and what is polite to each, are really apart; elsewhere only the ports
differ.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask, Response, jsonify
from waitress.server import TcpWSGIServer, create_server

from chyrak.errors import AskOperator, ChyrakError, RetryLater
from runtime.demo.clock import FROZEN_AT_SECONDS, Record, TownClock, is_gone, is_out, read_record, write_record
from runtime.demo.content import Site, Town, load_town
from runtime.demo.sites import build
from runtime.demo.sites.scene import Scene
from runtime.demo.sources import write_sources

HALL = "town_hall"
"""The town's own office: not a site to crawl, it answers `/town/status`."""

_PLAIN_LOOPBACK = "127.0.0.1"
_FIRST_OF_ITS_OWN = 20
_WAIT_FOR_PORT_SECONDS = 12.0
_THREADS = 6


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the town is to be found: the base address of every site by its id, and of the status page."""

    sites: Mapping[str, str]
    status: str


def addresses(home: Path) -> Addresses:
    """Where the town of this home folder is.

    Raises RetryLater when no town has been opened there yet.
    """
    record = read_record(home)
    if record is None:
        raise RetryLater(
            f"{home}: no town has been opened here yet. Start it: python -m runtime.demo.town --home {home}"
        )
    at = {name: f"http://{host}:{port}" for name, (host, port) in record.places.items()}
    return Addresses({name: url for name, url in at.items() if name != HALL}, f"{at[HALL]}/town/status")


def wait_open(home: Path, seconds: float = 20.0) -> Addresses:
    """Wait until the town answers, and return where it is; raises RetryLater when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(RetryLater, OSError, ValueError):
            found = addresses(home)
            status(found)
            return found
        if time.monotonic() > deadline:
            raise RetryLater(
                f"The town of {home} does not answer after {seconds:.0f} s. Its last words are in {home / 'log'}."
            )
        time.sleep(0.1)


def status(at: Addresses) -> dict[str, Any]:
    """What `/town/status` says: elapsed seconds, counts of what is out, edited, gone, and what was asked of each site.

    Raises OSError when nobody answers.
    """
    with urllib.request.urlopen(at.status, timeout=5) as answer:  # noqa: S310 - http on loopback, address made by us
        return dict(json.load(answer))


@contextlib.contextmanager
def running(home: Path, *, port: int = 0, once: bool = False, town: Town | None = None) -> Iterator[Addresses]:
    """The town, open in threads of this process for the length of the block; its source files are written first."""
    with contextlib.ExitStack() as stack:
        server, found = _open(stack, home, port, once, town or load_town(), lambda: datetime.now(UTC))
        thread = threading.Thread(target=server.run, name="demo town", daemon=True)
        thread.start()
        try:
            yield found
        finally:
            _wake(server, server.close)
            thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C, then end with 0; 1 with a sentence when the town cannot be opened."""
    parser = argparse.ArgumentParser(prog="python -m runtime.demo.town", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="home folder; the town remembers itself in demo/")
    parser.add_argument("--port", type=int, default=0, help="first port of a row for a new town; 0 takes free ones")
    parser.add_argument("--once", action="store_true", help="the clock stands still: every pass sees the same town")
    given = parser.parse_args(arguments)
    try:
        with contextlib.ExitStack() as stack:
            server, found = _open(stack, given.home, given.port, given.once, load_town(), lambda: datetime.now(UTC))
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _leave)
            sys.stdout.write(f"the town is open, {len(found.sites)} sites: {found.status}\n")
            sys.stdout.flush()
            with contextlib.suppress(SystemExit):
                server.run()
            server.close()
    except ChyrakError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


def _wake(server: Any, then: Callable[[], None]) -> None:
    """Call `then` in the server's own thread: closing its sockets under a running select would break it."""
    listening = next(part for part in server.map.values() if isinstance(part, TcpWSGIServer))
    listening.trigger.pull_trigger(then)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _open(
    stack: contextlib.ExitStack, home: Path, port: int, once: bool, town: Town, now: Callable[[], datetime]
) -> tuple[Any, Addresses]:
    record = read_record(home)
    started = record.started if record else now().replace(microsecond=0)
    sockets: dict[str, socket.socket] = {}
    ports: dict[str, int] = {}
    for at, name in enumerate([HALL, *(site.id for site in town.sites)]):
        remembered = record.places.get(name) if record else None
        host, wanted = remembered or (_own_host(at), port + at if port else 0)
        sockets[name] = stack.enter_context(contextlib.closing(_bind(host, wanted, home, set(ports.values()))))
        ports[name] = int(sockets[name].getsockname()[1])
    write_record(home, Record(started, {name: (str(s.getsockname()[0]), ports[name]) for name, s in sockets.items()}))
    found = addresses(home)
    write_sources(home, found.sites, town)
    clock = TownClock(started, FROZEN_AT_SECONDS if once else None)
    scenes = {
        site.id: Scene(site, town.words_of(site), town.on(site.id), clock, now)
        for site in town.sites
        if site.kind != "dead"
    }
    apps: dict[str, Any] = {str(ports[name]): build(scene) for name, scene in scenes.items()}
    apps[str(ports[HALL])] = _hall(town, clock, now, scenes, found)

    def by_port(environ: dict[str, Any], start_response: Any) -> Any:
        return apps[environ["SERVER_PORT"]](environ, start_response)

    # A dead site keeps its socket bound and never listens: the port stays ours and every connection is refused.
    open_sockets = [bound for name, bound in sockets.items() if name == HALL or name in scenes]
    server = create_server(by_port, sockets=open_sockets, threads=_THREADS, clear_untrusted_proxy_headers=True)
    return server, found


def _own_host(at: int) -> str:
    """A loopback address for the site alone, or 127.0.0.1 where the system knows no other; the hall has that one."""
    own = f"127.0.0.{_FIRST_OF_ITS_OWN + at}"
    if at == 0:
        return _PLAIN_LOOPBACK
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as trial:
        try:
            trial.bind((own, 0))
        except OSError:
            return _PLAIN_LOOPBACK
    return own


def _bind(host: str, port: int, home: Path, taken: Container[int]) -> socket.socket:
    """A socket on a port no other site has; a remembered one may still be held by a dying predecessor: wait for it."""
    deadline = time.monotonic() + _WAIT_FOR_PORT_SECONDS
    while True:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as fault:
            bound.close()
            if fault.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise AskOperator(
                    f"The town cannot have {host}:{port}: {fault.strerror}. End the program that uses it, "
                    f"or delete {home / 'demo' / 'town.json'} to open a new town at other addresses."
                ) from fault
            time.sleep(0.2)
        else:
            if port or bound.getsockname()[1] not in taken:
                return bound
            bound.close()


def _hall(
    town: Town,
    clock: TownClock,
    now: Callable[[], datetime],
    scenes: Mapping[str, Scene],
    found: Addresses,
) -> Flask:
    app = Flask("runtime.demo.town", static_folder=None)

    @app.get("/town/status")
    def town_status() -> Response:
        elapsed = clock.elapsed(now())
        items = [item for item in (*town.adverts, *town.articles) if not item.forbidden]
        ahead = sorted({moment for item in items for moment in _moments(item) if moment > elapsed})
        return jsonify(
            started=clock.started.isoformat(),
            elapsed_seconds=round(elapsed, 1),
            standing_still=clock.standing_at is not None,
            out=sum(is_out(item, elapsed) for item in items),
            ahead=sum(item.appears_after > elapsed for item in items),
            edited=sorted(item.id for item in items if any(edit.after <= elapsed for edit in item.edits)),
            gone=sorted(item.id for item in items if is_gone(item, elapsed)),
            next_change_in_seconds=round(ahead[0] - elapsed, 1) if ahead else None,
            forbidden_requests=sum(scene.requests["/closed"] for scene in scenes.values()),
            sites={site.id: _of_site(site, scenes.get(site.id), found.sites[site.id]) for site in town.sites},
        )

    return app


def _moments(item: Any) -> list[float]:
    gone = [float(item.gone_after)] if item.gone_after else []
    return [float(item.appears_after), *(float(edit.after) for edit in item.edits), *gone]


def _of_site(site: Site, scene: Scene | None, address: str) -> dict[str, Any]:
    return {
        "name": site.name,
        "kind": site.kind,
        "address": address,
        "requests": dict(sorted(scene.requests.items())) if scene else {},
        "shown": len(scene.shown()) if scene else 0,
    }


if __name__ == "__main__":
    sys.exit(main())
