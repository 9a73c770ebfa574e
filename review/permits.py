"""The permission matrix of `permits.toml`, and the gate a page handler stands behind."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from importlib.resources import files
from typing import ParamSpec, TypeVar

from flask import abort
from flask_login import current_user

from review.arrivals import greet

ROLES = ("admin", "investigator", "ngo_caseworker", "researcher", "auditor")

Args = ParamSpec("Args")
Answer = TypeVar("Answer")


@lru_cache(maxsize=1)
def matrix() -> Mapping[str, frozenset[str]]:
    """Permit to the roles that hold it."""
    return {permit: frozenset(roles) for permit, roles in _file()["permits"].items()}


def may(role: str, permit: str) -> bool:
    """Whether `role` holds `permit`. KeyError for a permit that is not in the matrix: a slip of ours."""
    return role in matrix()[permit]


def pseudonymised(role: str) -> bool:
    """Whether this role sees adverts with names, addresses and numbers masked (ETH-13)."""
    return role in _file()["pseudonymised"]["roles"]


def needs(permit: str) -> Callable[[Callable[Args, Answer]], Callable[Args, Answer]]:
    """Lets a handler run for a logged-in person whose role holds `permit`; others get the login page or 403."""
    matrix()[permit]

    def gate(handler: Callable[Args, Answer]) -> Callable[Args, Answer]:
        @wraps(handler)
        def guarded(*args: Args.args, **kwargs: Args.kwargs) -> Answer:
            if not current_user.is_authenticated:
                abort(greet())
            if not may(current_user.role, permit):
                abort(403)
            return handler(*args, **kwargs)

        guarded.__dict__["permit"] = permit
        return guarded

    return gate


@lru_cache(maxsize=1)
def _file() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("review").joinpath("permits.toml").read_text(encoding="utf-8"))
