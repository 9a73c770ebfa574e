"""What every channel promises; one run for each channel found in the folder."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from alert_examples import a_mail

import alerts.channels
from alerts import sink
from alerts.channels import Channel, channels, open_channel
from chyrak.errors import AskOperator, RetryLater, SkipItem
from chyrak.settings import MailSettings

PEOPLE = ("aigul@ngo.example", "Bakyt@NGO.example")


@dataclass(frozen=True)
class Line:
    """A channel that works: how to open it, how to read what came out, how to break it."""

    relay: str
    arrived: Callable[[], list[EmailMessage]]
    breaks: Callable[[], None]

    def open(self, people: tuple[str, ...] = PEOPLE, **settings: object) -> Channel:
        return open_channel(MailSettings(relay=self.relay, **settings), people)  # type: ignore[arg-type]


def _smtp(tmp_path: Path, stack: ExitStack) -> Line:
    folder = tmp_path / "mailbox"
    port = stack.enter_context(sink.running(folder))

    def arrived() -> list[EmailMessage]:
        return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.glob("*.eml"))]

    def breaks() -> None:
        stack.close()

    return Line(f"smtp://127.0.0.1:{port}", arrived, breaks)


def _mbox(tmp_path: Path, stack: ExitStack) -> Line:
    file = tmp_path / "alerts.mbox"

    def arrived() -> list[EmailMessage]:
        box = mailbox.mbox(file, factory=lambda stream: message_from_bytes(stream.read(), policy=default))
        try:
            return list(box)  # type: ignore[arg-type]
        finally:
            box.close()

    def breaks() -> None:
        file.unlink(missing_ok=True)
        file.mkdir()

    return Line(f"mbox://{file}", arrived, breaks)


MAKERS = {"smtp": _smtp, "mbox": _mbox}
PROVEN_ELSEWHERE = {"smtp+starttls", "smtps"}  # the same channel over TLS: test_channel_smtp.py


@pytest.fixture(params=sorted(MAKERS))
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    with ExitStack() as stack:
        yield MAKERS[request.param](tmp_path, stack)


def test_every_channel_found_is_put_to_this_contract() -> None:
    assert set(channels()) == set(MAKERS) | PROVEN_ELSEWHERE


def test_a_receipt_means_the_mail_has_arrived_whole(line: Line) -> None:
    mail = a_mail()
    receipt = line.open().send(mail)
    (message,) = line.arrived()
    assert receipt.message_id == message["Message-ID"] == mail.message_id
    assert receipt.answer
    assert receipt.channel
    assert datetime.now(UTC) - receipt.accepted_at < timedelta(minutes=1)
    assert message["To"] == mail.recipient
    assert message["Subject"] == mail.subject
    assert message["Date"]
    for header, value in mail.headers:
        assert message[header] == value
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for kind, body in (("plain", mail.text), ("html", mail.html)):
        part = message.get_body(preferencelist=(kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == body


def test_what_is_sent_is_seven_bit_and_keeps_long_links_whole(line: Line) -> None:
    line.open().send(a_mail())
    (message,) = line.arrived()
    assert message.as_bytes().isascii()
    assert "=?utf-8?" not in (message["List-Unsubscribe"] or "")


def test_mails_sent_one_after_the_other_all_arrive(line: Line) -> None:
    channel = line.open()
    mails = [a_mail(number=number) for number in range(20)]
    for mail in mails:
        channel.send(mail)
    assert [message["Message-ID"] for message in line.arrived()] == [mail.message_id for mail in mails]


def test_the_same_mail_sent_again_carries_the_same_message_id(line: Line) -> None:
    channel = line.open()
    channel.send(a_mail())
    channel.send(a_mail())
    assert len({message["Message-ID"] for message in line.arrived()}) == 1


def test_eth_05_with_no_list_only_people_of_this_deployment_are_written_to(line: Line) -> None:
    channel = line.open()
    channel.send(a_mail("AIGUL@ngo.example"))
    for stranger in ("police@gov.example", "jobs@employer.example", "aigul@ngo.example.evil.example", "@ngo.example"):
        with pytest.raises(SkipItem, match="not allowed to get alerts"):
            channel.send(a_mail(stranger))
    assert len(line.arrived()) == 1


def test_eth_05_without_list_and_people_nobody_is_written_to(line: Line) -> None:
    with pytest.raises(SkipItem, match="chyrak user add"):
        line.open(people=()).send(a_mail())
    assert not Path(line.relay.removeprefix("mbox://")).exists()


def test_eth_05_a_list_holds_for_people_too(line: Line) -> None:
    channel = line.open(allowed_recipients=("duty@shelter.example", "@partner.example"))
    channel.send(a_mail("duty@shelter.example"))
    channel.send(a_mail("anybody@Partner.example"))
    for stranger in ("aigul@ngo.example", "x@notpartner.example", "x@sub.partner.example"):
        with pytest.raises(SkipItem, match=r"mail\.allowed_recipients"):
            channel.send(a_mail(stranger))
    assert len(line.arrived()) == 2


@pytest.mark.parametrize(
    "address", ["nobody", "two words@ngo.example", "a@ngo.example\nBcc: x@evil.example", "айгүл@ngo.example"]
)
def test_an_address_that_is_none_is_set_aside_with_its_name(line: Line, address: str) -> None:
    with pytest.raises(SkipItem, match=r"no mail address|not allowed"):
        line.open(people=(address,)).send(a_mail(address))


def test_a_header_cannot_be_smuggled_in(line: Line) -> None:
    with pytest.raises(SkipItem, match="header Subject"):
        line.open().send(replace(a_mail(), subject="one\r\nBcc: x@evil.example"))
    with pytest.raises(SkipItem, match="header X-Note"):
        line.open().send(replace(a_mail(), headers=(("X-Note", "one\nBcc: x@evil.example"),)))


def test_a_broken_sender_is_a_matter_for_a_person(line: Line) -> None:
    with pytest.raises(AskOperator, match=r"mail\.sender"):
        line.open(sender="nobody").send(a_mail())


def test_a_channel_that_is_down_asks_to_come_again(line: Line) -> None:
    channel = line.open()
    line.breaks()
    with pytest.raises(RetryLater, match="The mail waits"):
        channel.send(a_mail())


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    with pytest.raises(AskOperator, match=r"no channel speaks 'pigeon'.*mbox://, smtp://, smtp\+starttls://, smtps://"):
        open_channel(MailSettings(relay="pigeon://roof"))


@pytest.fixture
def dropped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files count as channel files."""
    monkeypatch.setattr(alerts.channels, "__path__", [*alerts.channels.__path__, str(tmp_path)])
    channels.cache_clear()
    yield tmp_path
    channels.cache_clear()
    for name in ("pigeon", "drum", "smoke"):
        sys.modules.pop(f"alerts.channels.{name}", None)


def test_a_file_dropped_into_the_folder_is_a_channel(dropped_in: Path) -> None:
    (dropped_in / "smoke.py").write_text("SCHEMES = ('smoke',)\n\ndef connect(settings):\n    return 'a channel'\n")
    assert channels()["smoke"](MailSettings()) == "a channel"


def test_a_file_in_the_folder_that_is_no_channel_stops_the_start_and_is_named(dropped_in: Path) -> None:
    (dropped_in / "pigeon.py").write_text("SCHEMES = ('pigeon',)\n")
    with pytest.raises(AskOperator, match=r"pigeon\.py: is no channel"):
        channels()


def test_two_channels_of_one_scheme_stop_the_start_and_are_named(dropped_in: Path) -> None:
    (dropped_in / "drum.py").write_text("SCHEMES = ('mbox',)\n\ndef connect(settings): ...\n")
    with pytest.raises(AskOperator, match=r"drum\.py: mbox:// is already spoken by .*mbox\.py"):
        channels()
