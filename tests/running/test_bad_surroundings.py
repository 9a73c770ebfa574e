"""What is wrong around the program is said in one sentence that names the place and the remedy; no traceback."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chyrak.errors import AskOperator
from chyrak.settings import load_settings
from runtime.cli.app import app


def _refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments])
    assert result.exit_code != 0
    assert isinstance(result.exception, AskOperator), result.exception
    return str(result.exception)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[mail\n", r"chyrak\.toml: not valid TOML: .*line 1.* Mend that line"),
        ('[mail]\nrelai = "x"\n', r"chyrak\.toml or CHYRAK_MAIL__RELAI: unknown setting .*Did you mean 'relay'"),
        ("[web]\nport = 99999\n", r"setting 'web\.port': .*65535; found 99999"),
        ('language = "de"\n', r"setting 'language': .*'en', 'ru' or 'ky'; found 'de'"),
        ("[crawl]\ndelay_seconds = -1\n", r"setting 'crawl\.delay_seconds': .*; found -1"),
    ],
)
def test_settings_that_cannot_be_used_name_file_key_and_what_is_allowed(home: Path, written: str, says: str):
    home.mkdir()
    (home / "chyrak.toml").write_text(written, encoding="utf-8")
    assert re.search(says, _refused("doctor", "--home", str(home)), re.DOTALL)


def test_settings_that_are_no_text_are_named(home: Path):
    home.mkdir()
    (home / "chyrak.toml").write_bytes(b"\xff\xfe\x00")
    assert "chyrak.toml" in _refused("sources", "check", "--home", str(home))


def test_the_environment_goes_before_the_file(home: Path, monkeypatch: pytest.MonkeyPatch):
    home.mkdir()
    (home / "chyrak.toml").write_text("[web]\nport = 1\n", encoding="utf-8")
    monkeypatch.setenv("CHYRAK_WEB__PORT", "2")
    assert load_settings(home).web.port == 2


def test_a_home_that_cannot_be_a_folder_is_named(tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("")
    said = _refused("work", "--home", str(file / "home"))
    assert said.startswith(f"{file / 'home'}: cannot be used as the home folder")
    assert "--home" in said


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no folder here that even root cannot write")
def test_a_home_that_cannot_be_written_is_named():
    assert "/proc/chyrak: cannot be used as the home folder" in _refused("work", "--home", "/proc/chyrak")


def test_a_source_file_with_an_unknown_key_names_file_line_and_what_is_allowed(home: Path):
    (home / "sources").mkdir(parents=True)
    (home / "sources" / "mine.yaml").write_text("id: mine\nname: Mine\ncolour: red\n", encoding="utf-8")
    said = _refused("sources", "check", "--home", str(home))
    assert re.search(r"mine\.yaml:3: unknown key 'colour'.*[Aa]llowed.*every", said, re.DOTALL)


# waitress leaves its wake-up socket to the collector when it cannot have the port; here the process ends then.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("command", ["web", "demo"])
def test_a_port_in_use_is_named_with_the_way_round_it(home: Path, command: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if command == "web":
            home.mkdir()
            (home / "chyrak.toml").write_text(f"[web]\nport = {port}\n", encoding="utf-8")
            said = _refused("web", "--home", str(home))
        else:
            said = _refused("demo", "--once", "--port", str(port), "--home", str(home))
    assert str(port) in said
    assert re.search(r"another program", said)


def test_a_home_in_earnest_use_never_turns_into_a_demo(home: Path):
    home.mkdir()
    (home / "chyrak.toml").write_text("[web]\nport = 8400\n", encoding="utf-8")
    said = _refused("demo", "--once", "--no-web", "--home", str(home))
    assert "did not write" in said
    assert (home / "chyrak.toml").read_text(encoding="utf-8") == "[web]\nport = 8400\n"


def test_a_database_that_is_none_is_named(home: Path):
    home.mkdir()
    (home / "store.db").write_bytes(b"this is no database" * 100)
    assert "store.db" in _refused("work", "--home", str(home))


def test_the_command_line_prints_a_fault_as_one_sentence_without_a_traceback(tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "doctor", "--home", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode not in (0, 1 << 8)
    assert "Traceback" not in done.stderr + done.stdout
    assert str(file) in done.stderr + done.stdout
