"""Tells a plea for help from an offer: pleas are for caseworkers only (ETH-08)."""

from __future__ import annotations

from chyrak.records import Reading, Stance, State
from indexer.query import And, Is, Node, Not, Or
from store.queue import PROTECTION_INDICATORS


def is_plea(reading: Reading) -> bool:
    """Whether somebody looks for help or offers an organ of their own."""
    return reading.stance is Stance.SEEK and any(
        i.id in PROTECTION_INDICATORS and i.state is State.PRESENT for i in reading.indicators
    )


def without_pleas(node: Node) -> Node:
    """The same search, pleas left out."""
    signs = tuple(Is("indicator", name) for name in sorted(PROTECTION_INDICATORS))
    return And((node, Not(And((Is("stance", Stance.SEEK.value), Or(signs))))))
