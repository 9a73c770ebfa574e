"""A page on this machine that shows the mails the demo's NGOs would have got.

Run as `python -m runtime.demo.mailbox --folder DIR [--port 0]`.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask, Response, abort, render_template, request
from waitress.server import create_server

from alerts.mailbox import MailSummary, list_mailbox
from chyrak.errors import AskOperator
from runtime.demo.sites.scene import TEMPLATES

_HOST = "127.0.0.1"
# The mail's own html is shown in a frame that may load nothing and run nothing; its links open in a tab of their own.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox"
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'self'"


def create_app(folder: Path) -> Flask:
    """The mailbox of `folder`: `/` lists (`?to=` one person's), `/mail/<file>` shows one, `.../html` its html part."""
    app = Flask("runtime.demo.mailbox", template_folder=str(TEMPLATES), static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    def find(file: str) -> MailSummary:
        return next((mail for mail in list_mailbox(folder) if mail.file == file), None) or abort(404)

    @app.get("/")
    def listing() -> str:
        mails = list_mailbox(folder)
        to = request.args.get("to", "")
        shown = [mail for mail in mails if not to or mail.to == to]
        return render_template("mailbox.html", mails=shown, people=sorted({mail.to for mail in mails}), to=to)

    @app.get("/mail/<file>")
    def one(file: str) -> str:
        return render_template("mail.html", mail=find(file))

    @app.get("/mail/<file>/html")
    def body(file: str) -> Response:
        html = find(file).html.replace("<head>", '<head><base target="_blank">', 1)
        return Response(html, mimetype="text/html", headers={"Content-Security-Policy": _MAIL_POLICY})

    @app.get("/favicon.ico")
    def icon() -> tuple[str, int]:
        return "", 204  # every browser asks for it

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C, then end with 0; the first line of output tells where."""
    parser = argparse.ArgumentParser(
        prog="python -m runtime.demo.mailbox", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("--folder", type=Path, required=True, help="where the mail sink keeps its .eml files")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 asks for a free one")
    given = parser.parse_args(arguments)
    try:
        server = _listen(given.folder, given.port)
    except AskOperator as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    sys.stdout.write(f"the mailbox of {given.folder}: http://{_HOST}:{server.effective_port}/\n")
    sys.stdout.flush()
    server.run()
    return 0


def _listen(folder: Path, port: int) -> Any:
    try:
        return create_server(create_app(folder), host=_HOST, port=port, threads=2)
    except OSError as fault:
        raise AskOperator(
            f"The mailbox page cannot have {_HOST}:{port}: {fault.strerror}. Choose another port."
        ) from fault


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
