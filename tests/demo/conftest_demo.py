"""Small helpers to ask the demo town things."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message

from chyrak.records import Capture


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def ask(url: str, **headers: str) -> Answer:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())


def captured(source: str, url: str) -> tuple[Capture, bytes]:
    answer = ask(url)
    digest = hashlib.sha256(answer.body).hexdigest()
    headers = tuple(answer.headers.items())
    return Capture(source, url, url, answer.status, headers, digest, datetime.now(UTC), ""), answer.body


def one_space(text: str) -> str:
    return " ".join(text.split())
