"""The hops between the stores, one file each: `drain(context, limit) -> int` takes the next due work and says how much.

The clock, a worker process, a test and the command line all call the same function. A hop may die at any instruction:
its work is claimed again, and doing it twice leaves the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from chyrak.errors import WrongUsage
from runtime.context import Context

ORDER = ("parse", "read", "group", "sync", "mail")
"""The way of one advert; a later hop finds work only when an earlier one has left it."""

BATCH = 200

Drain = Callable[[Context, int], int]


def stage(name: str) -> Drain:
    """The drain function of a stage; WrongUsage for a name that is none."""
    if name not in ORDER:
        raise WrongUsage(f"There is no stage {name!r}. Stages: {', '.join(ORDER)}.")
    drain: Drain = import_module(f"runtime.stages.{name}").drain
    return drain


def drain_all(context: Context, names: Sequence[str] = ORDER, limit: int = BATCH) -> dict[str, int]:
    """Drain the stages in order, again and again, until none of them has work that is due; counts by stage."""
    done = dict.fromkeys(names, 0)
    while True:
        worked = 0
        for name in names:
            count = stage(name)(context, limit)
            done[name] += count
            worked += count
        if not worked:
            return done
