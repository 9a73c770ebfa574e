"""Answers on a port until the process is told to stop."""

from __future__ import annotations

import errno
import logging

import waitress
from flask import Flask

from chyrak.errors import AskOperator


def serve(app: Flask, host: str, port: int, threads: int = 4) -> None:
    """Serve `app`; comes back when the process is interrupted.

    Raises AskOperator when the port is taken or may not be used.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever one request waits
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            url_scheme="https" if app.config["SESSION_COOKIE_SECURE"] else "http",
            max_request_body_size=1_000_000,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as fault:
        raise AskOperator(_explain(fault, host, port)) from fault
    app.extensions["chyrak_server"] = server
    server.run()


def _explain(fault: OSError, host: str, port: int) -> str:
    where = f"web.host {host}, web.port {port}"
    if fault.errno == errno.EADDRINUSE:
        return f"{where}: another program already answers there. Stop it, or set web.port (0 takes any free port)."
    if fault.errno == errno.EACCES:
        return f"{where}: this user may not use that port. Set web.port to one above 1023."
    return f"{where}: cannot be opened: {fault.strerror or fault}. Check web.host."
