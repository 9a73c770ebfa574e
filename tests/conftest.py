"""What every test may use: a home folder, and the outside data where it is to be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from chyrak.lasting import lasting
from chyrak.settings import Settings, load_settings

_LONG = (
    "tests/running/test_demo_pass.py",
    "Elasticsearch 8",
    "Elasticsearch 9",
    "tests/running/test_demo_runs.py",
    "tests/reviewing/test_browser_pages.py",
    "tests/reading/test_training.py",
    "PostgreSQL",
    "tests/reading/test_no_text_hangs.py",
    "tests/running/test_clock.py",
    "tests/running/test_cli_read.py",
    "tests/reviewing/test_review_login.py",
    "tests/crawling/test_crawl_launch.py",
    "tests/crawling/test_crawl_rounds.py",
)


def _place(nodeid: str) -> str:
    """What has to stay in one process with this test: its file, or all that share its servers."""
    file = nodeid.partition("::")[0]
    if file.startswith("tests/store/"):
        return "PostgreSQL"
    if "elasticsearch 9" in nodeid or "test_roles_and_trust" in file:
        return "Elasticsearch 9"
    if file.startswith("tests/searching/") and ("elasticsearch" in nodeid or "test_rough_days" in file):
        return "Elasticsearch 8"
    return file


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest go first, so that with `-n` no core waits for one of them at the end."""

    def rank(item: pytest.Item) -> int:
        place = _place(item.nodeid)
        return _LONG.index(place) if place in _LONG else len(_LONG)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the garbage collector need not walk it again and again."""
    lasting(None)


class _TogetherScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist says nothing of its types
    """With `-n`, a file goes to one process, and all files that share servers of a kind to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        return _place(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _TogetherScheduling:
    return _TogetherScheduling(config, log)


def missing(what: str, remedy: str) -> None:
    """Skip on a person's machine, with the remedy; fail in CI, where a gap must not hide."""
    message = f"{what}. {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def outside_data() -> Path:
    """The folder of recorded pages and adverts that are not part of this repository."""
    named = os.environ.get("CHYRAK_DATA")
    if not named or not (Path(named) / "pages").is_dir():
        missing(
            f"no outside data: CHYRAK_DATA is {named!r}",
            "Set CHYRAK_DATA to the folder that holds pages/, ads/ and lang/.",
        )
    return Path(str(named))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Url of this test run's own PostgreSQL, on a socket in a temporary folder; `{db}` names the database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        missing("PostgreSQL is not installed", "Debian: apt install postgresql")
    programs = found[-1].parent
    # Not below pytest's own folder: it is closed to other users, and this server runs as one.
    folder = Path(tempfile.mkdtemp(prefix="chyrak-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off"

    def call(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    call(str(programs / "initdb"), "-D", str(data), "-U", "chyrak", "-A", "trust", "-E", "UTF8", "--no-sync")
    call(str(programs / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://chyrak@/{{db}}?host={folder}"
    finally:
        call(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Url of an empty database on the test run's own PostgreSQL server."""
    import uuid

    import psycopg

    name = f"t{uuid.uuid4().hex[:16]}"
    admin = postgres_server.format(db="postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres_server.format(db=name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    """Default settings on an empty home folder."""
    return load_settings(home)
