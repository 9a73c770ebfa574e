"""Error pages that say what happened and what to do next."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from chyrak.errors import AskOperator, ChyrakError, RetryLater, WrongUsage

_log = logging.getLogger(__name__)
_KNOWN = (400, 403, 404, 405, 413)


def explain_faults(app: Flask) -> None:
    """Give every kind of failure its page."""

    @app.errorhandler(CSRFError)
    def _stale(_fault: CSRFError) -> Response:
        return _page(400, "stale")

    @app.errorhandler(HTTPException)
    def _refused(fault: HTTPException) -> Response:
        if fault.response is not None or (fault.code or 500) < 400:
            return make_response(fault.get_response())
        return _page(fault.code or 500, str(fault.code) if fault.code in _KNOWN else "500")

    @app.errorhandler(ChyrakError)
    def _foreseen(fault: ChyrakError) -> Response:
        code, name = _kind_of(fault)
        if code >= 500:
            _log.warning("page %s: %s", request.endpoint, type(fault).__name__)
        return _page(code, name, cause=str(fault))

    @app.errorhandler(Exception)
    def _unforeseen(_fault: Exception) -> Response:
        mark = secrets.token_hex(4)
        # Neither the path's query nor the form is logged: both may hold a person's words.
        _log.exception("page %s failed, shown as %s", request.endpoint, mark)
        return _page(500, "500", mark=mark)


def _kind_of(fault: ChyrakError) -> tuple[int, str]:
    if isinstance(fault, WrongUsage):
        return 400, "usage"
    if isinstance(fault, RetryLater):
        return 503, "later"
    if isinstance(fault, AskOperator):
        return 500, "operator"
    return 500, "500"


def _page(code: int, name: str, **values: str) -> Response:
    answer = make_response(render_template("fault.html", code=code, name=name, **values), code)
    if request.headers.get("HX-Request"):  # HTMX swaps nothing on an error by itself: show the whole page
        answer.headers["HX-Retarget"] = "body"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer
