"""The one folder that holds everything Chyrak writes."""

from __future__ import annotations

import os
from pathlib import Path

from chyrak.errors import AskOperator

_FOLDERS = ("archive", "index", "keys", "log", "models", "sources")


def prepare_home(home: Path) -> Path:
    """Make `home` and its folders, readable by the owner only, and return it.

    Raises AskOperator when the folder cannot be made or written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name in _FOLDERS:
            (home / name).mkdir(exist_ok=True, mode=0o700)
    except OSError as fault:
        raise AskOperator(_refusal(home, fault.strerror or str(fault))) from fault
    if not os.access(home, os.W_OK | os.X_OK):
        raise AskOperator(_refusal(home, "no right to write there"))
    return home


def _refusal(home: Path, why: str) -> str:
    return f"{home}: cannot be used as the home folder: {why}. Give it to this user, or name another with --home."
