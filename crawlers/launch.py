"""How one run is started: as `python -m` these arguments, in a process of its own."""

from __future__ import annotations

import os

from chyrak.settings import Settings
from crawlers.source import Source


def command(source: Source, settings: Settings, run_id: int) -> tuple[list[str], dict[str, str]]:
    """The module with its arguments (after `python -m`), and the environment the child needs beside its parent's.

    The run's verdict is in the crawl database when the child has ended; its exit code says nothing of it.
    """
    arguments = ["scrapy", "crawl", source.kind]
    for name, value in (("source", source.id), ("home", str(settings.home)), ("run", str(run_id))):
        arguments += ["-a", f"{name}={value}"]
    environment = {"SCRAPY_SETTINGS_MODULE": "crawlers.settings"}
    if os.environ.get("PYTHONPATH"):
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return arguments, environment
