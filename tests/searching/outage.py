"""Kills a real Elasticsearch under load, leaves it down for a minute, and compares index and store afterwards.

python tests/searching/outage.py [SECONDS]     too long for the suite, which pulls the cable for moments instead

Adverts are seen and read all the while; the server is killed with -9 in the middle of writing and comes back with what
was on its disk.
"""

from __future__ import annotations

import logging
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import structlog
from elasticsearch_server import VERSIONS, own_folder, running
from sync_helpers import drain, read, see, town_at
from test_rough_days import Cable, assert_equal

from runtime.context import Context

_BEFORE, _AFTER = 5.0, 5.0
_PAUSE = 0.05


def main() -> None:
    """Prints how much was seen before, while and after the server was down; whatever differs ends it with an error."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    version = next(iter(VERSIONS))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # else a line for each try
    with own_folder() as folder, tempfile.TemporaryDirectory() as home, ExitStack() as first:
        cable = Cable(first.enter_context(running(version, folder)))
        url = f"elasticsearch+http://{cable.at}/outage"
        town = town_at(Path(home), url)
        drain(town)
        over = threading.Event()
        keys: list[str] = []
        load = threading.Thread(target=_work, args=(Path(home), url, keys, over), daemon=True)
        load.start()
        writer = threading.Thread(target=_sync, args=(town, over), daemon=True)
        writer.start()
        time.sleep(_BEFORE)
        before = len(keys)
        first.close()  # kill -9
        cable.pull()
        time.sleep(seconds)
        during = len(keys) - before
        with running(version, folder) as at:
            cable.lead_to(at)
            cable.plug_in()
            time.sleep(_AFTER)
            over.set()
            load.join()
            writer.join()
            print(
                f"adverts seen and read before {before}, in {seconds:g} s without server {during}, in all {len(keys)}"
            )
            assert_equal(town)
            print(f"the index holds each of the {town.engine.count()} adverts once, as the store has it")
            town.close()


def _work(home: Path, url: str, keys: list[str], over: threading.Event) -> None:
    """Sees new adverts and reads old ones anew."""
    town = town_at(home, url)
    dice = random.Random(1)
    while not over.is_set():
        number = len(keys)
        key = see(town, f"Нужен повар {number}", url=f"https://board.example/{number}")
        read(town, key)
        keys.append(key)
        read(town, dice.choice(keys), level=dice.randrange(5))
        time.sleep(_PAUSE)
    town.close()


def _sync(town: Context, over: threading.Event) -> None:
    """Writes what is due."""
    while not over.is_set():
        drain(town, 20)
        time.sleep(_PAUSE)


if __name__ == "__main__":
    main()
