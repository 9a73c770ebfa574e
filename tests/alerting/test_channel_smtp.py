"""The SMTP channel against real servers: encryption, refusals, broken lines."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from alert_examples import a_mail
from smtp_relays import Relay, listening

from alerts.channels import AnswerLost, Channel, open_channel
from alerts.channels.smtp import Smtp
from chyrak.errors import AskOperator, ChyrakError, RetryLater, SkipItem
from chyrak.settings import MailSettings

PEOPLE = ("aigul@ngo.example",)


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def channel_to(relay: str, **settings: object) -> Channel:
    return open_channel(MailSettings(relay=relay, **settings), PEOPLE)  # type: ignore[arg-type]


def plain(servers: ExitStack, **answers: str) -> tuple[Relay, Channel]:
    relay = servers.enter_context(listening(Relay(**answers)))  # type: ignore[arg-type]
    return relay, channel_to(f"smtp://127.0.0.1:{relay.port}")


def test_the_receipt_holds_the_relays_own_words(servers: ExitStack) -> None:
    relay, channel = plain(servers)
    assert channel.send(a_mail()).answer == "250 2.0.0 queued as 42"
    (envelope,) = relay.taken
    assert envelope.rcpt_tos == ["aigul@ngo.example"]
    assert envelope.mail_from == "chyrak@localhost.localdomain"


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_eth_19_a_relay_with_a_trusted_certificate_gets_the_mail_encrypted(
    servers: ExitStack, certificate: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    relay = servers.enter_context(listening(Relay(), certificate, mode))
    scheme = {"starttls": "smtp+starttls", "tls": "smtps"}[mode]
    channel_to(f"{scheme}://127.0.0.1:{relay.port}").send(a_mail())
    assert relay.encrypted == [True]


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_eth_19_a_certificate_nobody_vouches_for_gets_nothing(servers: ExitStack, certificate: Path, mode: str) -> None:
    relay = servers.enter_context(listening(Relay(), certificate, mode))
    scheme = {"starttls": "smtp+starttls", "tls": "smtps"}[mode]
    with pytest.raises(AskOperator, match="certificate cannot be trusted"):
        channel_to(f"{scheme}://127.0.0.1:{relay.port}").send(a_mail())
    assert relay.taken == []


def test_eth_19_a_certificate_for_another_name_gets_nothing(
    servers: ExitStack, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    relay = servers.enter_context(listening(Relay(), certificate, "starttls"))
    with pytest.raises(AskOperator, match="Check the host's name"):
        channel_to(f"smtp+starttls://localhost:{relay.port}").send(a_mail())
    assert relay.taken == []


def test_eth_19_a_relay_that_does_not_offer_encryption_gets_nothing(servers: ExitStack) -> None:
    relay = servers.enter_context(listening(Relay()))
    with pytest.raises(AskOperator, match="STARTTLS"):
        channel_to(f"smtp+starttls://127.0.0.1:{relay.port}").send(a_mail())
    assert relay.taken == []


@pytest.mark.parametrize(
    "host", ["relay.example", "192.0.2.7", "localhost.evil.example", "127.0.0.1.evil.example", "[2001:db8::1]"]
)
def test_eth_19_plain_smtp_leaves_this_machine_never(host: str) -> None:
    with pytest.raises(AskOperator, match="unencrypted over a network"):
        channel_to(f"smtp://{host}:25")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_plain_smtp_is_for_this_machine(host: str) -> None:
    channel_to(f"smtp://{host}:8025")


def test_ports_have_their_usual_values() -> None:
    from alerts.channels.smtp import connect

    relays = (
        "smtp://localhost",
        "smtp+starttls://relay.example",
        "smtps://relay.example",
        "smtps://relay.example:2465",
    )
    assert [connect(MailSettings(relay=relay)).port for relay in relays] == [25, 587, 465, 2465]


@pytest.mark.parametrize("relay", ["smtp:///", "smtps://", "smtps://relay.example:port"])
def test_a_relay_without_a_host_is_named(relay: str) -> None:
    with pytest.raises(AskOperator, match=r"^mail\.relay: .*smtps://relay\.example:465"):
        channel_to(relay)


def test_a_login_takes_its_password_from_the_file(
    servers: ExitStack, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    relay = servers.enter_context(listening(Relay(password="p@ss word"), certificate, "starttls"))
    secret = tmp_path / "password"
    secret.write_text("p@ss word\n")
    channel_to(f"smtp+starttls://chyrak@127.0.0.1:{relay.port}", password_file=secret).send(a_mail())
    assert len(relay.taken) == 1

    secret.write_text("wrong\n")
    with pytest.raises(AskOperator, match=r"refused the login of chyrak: 535.*mail\.password_file") as refused:
        channel_to(f"smtp+starttls://chyrak@127.0.0.1:{relay.port}", password_file=secret).send(a_mail())
    assert "wrong" not in str(refused.value)
    assert len(relay.taken) == 1


def test_eth_42_a_password_in_the_relays_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(AskOperator, match=r"mail\.password_file") as refused:
        channel_to("smtps://chyrak:s3cret@relay.example")
    assert "s3cret" not in str(refused.value)


def test_eth_42_the_password_is_in_no_representation() -> None:
    assert "s3cret" not in repr(Smtp("smtps", "relay.example", 465, "a@b.example", "chyrak", "s3cret"))


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_login_without_a_readable_password_is_refused_at_the_start(tmp_path: Path, content: str | None) -> None:
    secret = tmp_path / "password"
    if content is not None:
        secret.write_text(content)
    with pytest.raises(AskOperator, match=r"mail\.password_file"):
        channel_to("smtps://chyrak@relay.example", password_file=secret)
    with pytest.raises(AskOperator, match=r"mail\.password_file"):
        channel_to("smtps://chyrak@relay.example")


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ({"rcpt": "550 5.1.1 no such person"}, SkipItem, "550 5.1.1 no such person"),
        ({"rcpt": "450 4.2.0 greylisted"}, RetryLater, "450 4.2.0 greylisted"),
        ({"data": "554 5.7.1 refused by policy"}, SkipItem, "554 5.7.1 refused by policy"),
        ({"data": "452 4.3.1 disk full"}, RetryLater, "452 4.3.1 disk full"),
        ({"mail": "553 5.1.8 sender unknown"}, AskOperator, "553 5.1.8 sender unknown"),
        ({"mail": "421 4.7.0 too many"}, RetryLater, "421 4.7.0 too many"),
    ],
)
def test_a_refusal_says_who_refused_what_in_the_servers_words(
    servers: ExitStack, answers: dict[str, str], error: type[ChyrakError], words: str
) -> None:
    relay, channel = plain(servers, **answers)
    with pytest.raises(error) as refused:
        channel.send(a_mail())
    assert type(refused.value) is error
    assert words in str(refused.value)
    assert f"127.0.0.1:{relay.port}" in str(refused.value)
    assert relay.taken == []


def test_a_line_broken_before_the_mail_was_handed_over_asks_to_come_again(servers: ExitStack) -> None:
    _, channel = plain(servers, hang_up="mail")
    with pytest.raises(RetryLater) as broken:
        channel.send(a_mail())
    assert not isinstance(broken.value, AnswerLost)


@pytest.mark.parametrize("moment", ["data", "answer"])
def test_a_line_broken_while_handing_over_says_that_the_answer_is_lost(servers: ExitStack, moment: str) -> None:
    _, channel = plain(servers, hang_up=moment)
    with pytest.raises(AnswerLost, match="Message-ID shows a repeat"):
        channel.send(a_mail())


def test_a_mail_whose_answer_was_lost_is_the_same_mail_when_sent_again(servers: ExitStack) -> None:
    relay, channel = plain(servers, hang_up="answer")
    with pytest.raises(AnswerLost):
        channel.send(a_mail())
    relay.hang_up = ""
    channel.send(a_mail())
    said = [envelope.content for envelope in relay.taken]
    identities = {
        next(line for line in content.splitlines() if line.startswith(b"Message-ID"))
        for content in said
        if isinstance(content, bytes)
    }
    assert len(said) == 2
    assert len(identities) == 1


def test_a_closed_port_asks_to_come_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RetryLater, match="no session"):
        channel_to(f"smtp://127.0.0.1:{port}").send(a_mail())


def test_a_silent_server_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        smtp = Smtp("smtp", "127.0.0.1", silent.getsockname()[1], "a@b.example", timeout=0.1)
        with pytest.raises(RetryLater, match="timed out"):
            smtp.send(a_mail())


def test_one_recipients_refusal_does_not_stop_the_next(servers: ExitStack) -> None:
    relay, channel = plain(servers, rcpt="550 no")
    with pytest.raises(SkipItem):
        channel.send(a_mail())
    relay.rcpt = ""
    channel.send(replace(a_mail(number=2)))
    assert len(relay.taken) == 1
