"""A small real web site on loopback for crawls to meet: fixed answers, a log of every request, conditional GET."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer. `stream_bytes` sends that many bytes piece by piece without saying how many there will be."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stream_bytes: int = 0
    zipped: bool = False


@dataclass
class Asked:
    """One request the site got."""

    path: str
    at: float
    headers: dict[str, str]
    sent_bytes: int = 0


class Site:
    """`pages` maps a path with its query to an Answer; what is not in it is 404."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Address of the site, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", **more: Any) -> str:
        """Serve `body` at `path` (SITE in it stands for the site's address) and return its whole address."""
        if isinstance(body, str):
            body = body.replace("SITE", self.url).encode()
        headers = {"Content-Type": kind, **more.pop("headers", {})}
        self.pages[path] = Answer(body, headers=headers, **more)
        return self.url + path

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out, in order."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def forget(self) -> None:
        """Empty the log."""
        self.asked.clear()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def etag(body: bytes) -> str:
    """The validator the site gives a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(self.path, time.monotonic(), dict(self.headers.items()))
            site.asked.append(asked)
            answer = site.pages.get(self.path)
            if answer is None:
                answer = Answer(b"not here", 404, {"Content-Type": "text/plain"})
            if answer.stream_bytes:
                self._stream(answer, asked)
                return
            fresh = answer.headers.get("ETag")
            if fresh and self.headers.get("If-None-Match") == fresh:
                self._send(304, {"ETag": fresh}, b"")
                return
            body, headers = answer.body, dict(answer.headers)
            if answer.zipped and "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body)
                headers["Content-Encoding"] = "gzip"
            asked.sent_bytes = len(body)
            self._send(answer.status, headers, body)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, answer: Answer, asked: Asked) -> None:
            self.close_connection = True
            self.send_response(200)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            piece = b"<p>x</p>" * 8192
            try:
                while asked.sent_bytes < answer.stream_bytes:
                    self.wfile.write(piece)
                    asked.sent_bytes += len(piece)
            except OSError:
                return

        def log_message(self, *_words: object) -> None:
            return

    return Handler
