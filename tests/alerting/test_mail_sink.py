"""The local mail server: what it takes is on disk, and it goes nowhere else."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alert_examples import a_mail

from alerts import sink
from alerts.channels import open_channel
from alerts.sink import list_mailbox
from chyrak.errors import AskOperator
from chyrak.settings import MailSettings


def send(port: int, number: int = 1) -> None:
    open_channel(MailSettings(relay=f"smtp://127.0.0.1:{port}"), ["aigul@ngo.example"]).send(a_mail(number=number))


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """The sink as a program of its own, its port and folder."""
    folder = tmp_path / "mail box"
    command = [sys.executable, "-m", "alerts.sink", "--port", "0", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        yield running, int(first.split(",")[0].rsplit(":", 1)[1]), folder
        running.kill()


def test_a_mail_taken_can_be_read_back_as_it_was_sent(tmp_path: Path) -> None:
    mail = a_mail()
    with sink.running(tmp_path) as port:
        send(port)
    (found,) = list_mailbox(tmp_path)
    assert (found.to, found.subject, found.message_id) == (mail.recipient, mail.subject, mail.message_id)
    assert (found.text, found.html) == (mail.text, mail.html)
    assert datetime.now(UTC) - found.date < timedelta(minutes=1)
    assert (tmp_path / found.file).is_file()


def test_nothing_is_deduplicated(tmp_path: Path) -> None:
    with sink.running(tmp_path) as port:
        send(port)
        send(port)
    assert len(list_mailbox(tmp_path)) == 2


def test_the_newest_mail_comes_first(tmp_path: Path) -> None:
    with sink.running(tmp_path) as port:
        for number in range(5):
            send(port, number)
    assert [found.message_id for found in list_mailbox(tmp_path)] == [
        a_mail(number=number).message_id for number in range(4, -1, -1)
    ]


def test_a_folder_that_is_not_there_yet_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert list_mailbox(tmp_path / "none") == []


def test_a_half_written_file_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / ".20261125.eml.part").write_text("To: a@b.example\n\nhalf")
    assert list_mailbox(tmp_path) == []


def test_a_mail_by_another_program_is_listed_too(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes("To: a@b.example\r\nSubject: \xd1\r\n\r\nplain".encode("latin-1"))
    (found,) = list_mailbox(tmp_path)
    assert (found.to, found.text, found.html) == ("a@b.example", "plain", "")
    assert found.date.tzinfo is UTC


def test_a_disk_that_cannot_be_written_is_told_to_the_sender(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with sink.running(folder) as port:
        folder.rmdir()
        with smtplib.SMTP("127.0.0.1", port) as session, pytest.raises(smtplib.SMTPDataError, match="452"):
            session.sendmail("a@b.example", ["c@d.example"], "Subject: x\r\n\r\nx")


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    with sink.running(tmp_path) as port:
        addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}
        for address in addresses - {"127.0.0.1", "127.0.1.1"}:
            with pytest.raises(OSError), socket.create_connection((str(address), port), timeout=1):
                pass
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass


def test_a_port_in_use_is_named_with_the_remedy(tmp_path: Path) -> None:
    with (
        sink.running(tmp_path) as port,
        pytest.raises(AskOperator, match=f"127.0.0.1:{port}.*another port"),
        sink.running(tmp_path, port),
    ):
        pass


def test_the_program_takes_mail_and_ends_well_on_sigterm(process: tuple[subprocess.Popen[str], int, Path]) -> None:
    running, port, folder = process
    send(port)
    with socket.create_connection(("127.0.0.1", port)) as idle:  # an open line must not hold it up
        assert idle.recv(3) == b"220"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) == 0
    assert running.stderr is not None
    assert running.stderr.read() == ""
    assert len(list_mailbox(folder)) == 1


def test_a_mail_it_said_it_took_survives_being_killed(process: tuple[subprocess.Popen[str], int, Path]) -> None:
    running, port, folder = process
    for number in range(3):
        send(port, number)
    os.kill(running.pid, signal.SIGKILL)
    running.wait(timeout=10)
    assert len(list_mailbox(folder)) == 3


def test_the_program_says_why_it_cannot_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "alerts.sink", "--port", port, "--folder", str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert f"cannot start on 127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_mailbox_of_one_person_can_be_told_from_anothers(tmp_path: Path) -> None:
    with sink.running(tmp_path) as port:
        channel = open_channel(MailSettings(relay=f"smtp://127.0.0.1:{port}"), ["a@ngo.example", "b@ngo.example"])
        channel.send(replace(a_mail(), recipient="a@ngo.example"))
        channel.send(replace(a_mail(), recipient="b@ngo.example"))
    assert {found.to for found in list_mailbox(tmp_path)} == {"a@ngo.example", "b@ngo.example"}
