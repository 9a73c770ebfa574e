"""A site that refuses every program: 403 for all but robots.txt."""

from __future__ import annotations

from flask import Flask, Response, request

from runtime.demo.sites.scene import Scene, application, page


def build(scene: Scene) -> Flask:
    """The application that says no."""
    app = application(scene)

    @app.before_request
    def refuse() -> Response | None:
        return None if request.path == "/robots.txt" else page(scene, "refused.html", status=403)

    return app
