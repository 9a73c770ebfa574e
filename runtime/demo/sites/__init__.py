"""One file for each kind of made-up site; `build` gives the web application of one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask

from runtime.demo.sites import board, channel, closed, outlet
from runtime.demo.sites.scene import Scene

_KINDS: Mapping[str, Callable[[Scene], Flask]] = {
    "outlet": outlet.build,
    "board": board.build,
    "channel": channel.build,
    "closed": closed.build,
}


def build(scene: Scene) -> Flask:
    """The application of the scene's site; KeyError for a kind that serves nothing, such as `dead`."""
    return _KINDS[scene.site.kind](scene)
