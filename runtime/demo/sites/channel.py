"""A channel's public preview as Telegram draws it: `/s/<name>`, the newest twenty messages, `?before=` for older."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, redirect, request

from runtime.demo.clock import Shown
from runtime.demo.sites.scene import Scene, application, missing, page, rfc3339

PAGE_SIZE = 20
_FIRST_ID = 101


@dataclass(frozen=True, slots=True)
class Message:
    """One message with its number in the channel."""

    id: int
    shown: Shown
    views: int


def build(scene: Scene) -> Flask:
    """The preview's application."""
    app = application(scene)
    name = scene.site.channel

    @app.get("/")
    def front() -> Response:
        return Response(redirect(f"/s/{name}").get_data(), 302, {"Location": f"/s/{name}"})

    @app.get(f"/s/{name}")
    def preview() -> Response:
        before = request.args.get("before", type=int)
        messages = [m for m in numbered(scene) if before is None or m.id < before]
        part = messages[-PAGE_SIZE:]
        return page(
            scene,
            "channel.html",
            channel=name,
            messages=part,
            count=len(messages),
            older=part[0].id if part and len(messages) > len(part) else None,
            rfc3339=rfc3339,
        )

    @app.get(f"/{name}/<int:number>")
    def message(number: int) -> Response:
        found = [m for m in numbered(scene) if m.id == number]
        if not found:
            return missing(scene, 404)
        return page(scene, "channel.html", channel=name, messages=found, count=1, older=None, rfc3339=rfc3339)

    return app


def numbered(scene: Scene) -> list[Message]:
    """The messages that are out, oldest first. A number belongs to its message for good, whatever is taken down."""
    ids = {item.id: _FIRST_ID + at for at, item in enumerate(sorted(scene.items, key=lambda i: (i.born, i.id)))}
    shown = {one.item.id: one for one in scene.shown()}
    return [
        Message(number, shown[item_id], 40 + shown[item_id].item.number % 1900)
        for item_id, number in ids.items()
        if item_id in shown
    ]
