"""Headers that keep a page to itself: nothing from outside, nothing inline, nothing cached, no address leaked."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def guard_answers(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer of `app`; HSTS only when people reach it by https."""

    @app.after_request
    def _guard(answer: Response) -> Response:
        for name, value in _ALWAYS.items():
            answer.headers[name] = value
        if https:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint == "static":
            answer.headers["Cache-Control"] = "public, max-age=86400"
        else:
            # A page may hold an advert: neither the disk of a shared machine nor a proxy may keep it.
            answer.headers["Cache-Control"] = "no-store"
        answer.headers.pop("Server", None)
        return answer
