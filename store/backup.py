"""Copies the databases while they are used, and puts a copy back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from chyrak.errors import AskOperator
from chyrak.settings import FILE_NAME, Settings

_PLAIN_FILES = (FILE_NAME, "policy.toml")


def back_up(settings: Settings, target: Path) -> list[str]:
    """Copy both databases and the settings files into the new folder `target`; returns what was copied.

    Keys are left out: a copy that holds both the ciphertext and its key protects nobody. Raises AskOperator when the
    target exists, or for PostgreSQL, which has better means of its own.
    """
    if target.exists():
        raise AskOperator(f"{target}: exists already. Name a new folder.")
    target.mkdir(parents=True, mode=0o700)
    done = []
    for url in dict.fromkeys((settings.store_url, settings.crawl_url)):
        file = _sqlite_file(url)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target / file.name)) as copy:
            source.backup(copy)
        done.append(file.name)
    for name in _PLAIN_FILES:
        if (settings.home / name).exists():
            shutil.copy2(settings.home / name, target / name)
            done.append(name)
    return done


def put_back(settings: Settings, source: Path) -> list[str]:
    """Replace this home's databases with the ones in `source`, each checked first; returns what was put back."""
    done = []
    for url in dict.fromkeys((settings.store_url, settings.crawl_url)):
        file = _sqlite_file(url)
        copy = source / file.name
        if not copy.exists():
            raise AskOperator(f"{source}: holds no {file.name}. Name the folder that `chyrak backup` made.")
        with closing(sqlite3.connect(copy)) as opened:
            verdict = opened.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise AskOperator(f"{copy}: is damaged: {verdict}. Use an older backup.")
        with closing(sqlite3.connect(copy)) as opened, closing(sqlite3.connect(file)) as target:
            opened.backup(target)
        done.append(file.name)
    return done


def _sqlite_file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise AskOperator(
            f"{parsed.render_as_string()}: is PostgreSQL. Use pg_dump --format=custom, and pg_restore to put it back."
        )
    return Path(parsed.database)
