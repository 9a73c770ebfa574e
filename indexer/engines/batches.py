"""What of a batch is worth writing, the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer.engines.base import Change


def newest(batch: Sequence[Change], known: Mapping[str, int]) -> tuple[list[Change], tuple[str, ...]]:
    """The newest change of each id that is not older than the `known` version, and the ids of older ones."""
    stale: list[str] = []
    versions = dict(known)
    chosen: dict[str, Change] = {}
    for change in batch:
        if change.version < versions.get(change.id, change.version):
            stale.append(change.id)
            continue
        if change.id in chosen and chosen[change.id].version < change.version:
            stale.append(change.id)
        versions[change.id] = change.version
        chosen[change.id] = change
    return list(chosen.values()), tuple(dict.fromkeys(stale))
