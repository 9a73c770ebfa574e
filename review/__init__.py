"""The review pages: queue, adverts, search, watches, sources, mail ledger, audit, people.

`create_app` makes the application, `serve` answers on a port, `login_link` makes a way in, `hashed` a password hash,
`load_policy` says who may release what.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.app import create_app
    from review.links import login_link
    from review.passwords import hashed
    from review.policy import Policy, load_policy
    from review.serving import serve

__all__ = ["Policy", "create_app", "hashed", "load_policy", "login_link", "serve"]

_ROOMS = {
    "Policy": "policy",
    "create_app": "app",
    "hashed": "passwords",
    "load_policy": "policy",
    "login_link": "links",
    "serve": "serving",
}


def __getattr__(name: str) -> Any:
    # Whoever only asks who may release what, as the mail hop does, need not wait for the web framework.
    if name in _ROOMS:
        return getattr(import_module(f"review.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'review' has no attribute {name!r}")
