"""The mailbox file: whole mails, also after a crash in the middle of one."""

from __future__ import annotations

import mailbox
import threading
from pathlib import Path

import pytest
from alert_examples import a_mail

from alerts.channels import open_channel
from chyrak.errors import AskOperator
from chyrak.settings import MailSettings

PEOPLE = ("aigul@ngo.example",)


def send(file: Path, number: int = 1) -> None:
    open_channel(MailSettings(relay=f"mbox://{file}"), PEOPLE).send(a_mail(number=number))


def identities(file: Path) -> list[str]:
    box = mailbox.mbox(file)
    try:
        return [message["Message-ID"] for message in box]
    finally:
        box.close()


@pytest.mark.parametrize("kept", [3, 200, 600, -1])
def test_a_mail_cut_short_by_a_crash_does_not_swallow_the_next(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "alerts.mbox"
    send(file)
    file.write_bytes(file.read_bytes()[:kept])
    send(file, 2)
    send(file, 3)
    assert identities(file)[-2:] == [a_mail(number=2).message_id, a_mail(number=3).message_id]


def test_two_writers_do_not_mix_their_mails(tmp_path: Path) -> None:
    file = tmp_path / "alerts.mbox"
    writers = [threading.Thread(target=lambda n=n: [send(file, n * 10 + i) for i in range(10)]) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(identities(file)) == sorted(a_mail(number=number).message_id for number in range(40))


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "alerts.mbox"
    send(file)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("relay", ["mbox://relative.mbox", "mbox:///no/such/folder/file.mbox", "mbox:///tmp"])
def test_a_relay_that_names_no_file_is_refused_at_the_start(relay: str) -> None:
    with pytest.raises(AskOperator, match="names no mailbox file"):
        open_channel(MailSettings(relay=relay), PEOPLE)
