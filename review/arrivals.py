"""What somebody without a session gets: the login page, or one reload for a link followed from a mail."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, session, url_for


def greet() -> Response:
    """The answer to a request that needs a session and has none."""
    if _followed_from_elsewhere():
        # The cookie is SameSite=Strict, so a link in a mail arrives without it. A reload from our own page
        # brings it along; without the reload the login page would replace a session that is still good.
        page = make_response(render_template("arrival.html"))
        page.headers["Refresh"] = "0"
        return page
    if request.method == "GET":
        session["next"] = request.full_path if request.query_string else request.path
    if request.headers.get("HX-Request"):
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url_for("login.show")
        return answer
    return make_response(redirect(url_for("login.show")))


def _followed_from_elsewhere() -> bool:
    return (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Site") == "cross-site"
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        and not request.cookies
    )
