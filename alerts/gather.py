"""Turns the matches of one person into the items of one digest: an advert or a campaign is listed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chyrak.records import Match


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One line of a digest. `matches` are all matches it stands for, the one the link leads to first.

    `campaign_size` counts the adverts of the campaign, this one included.
    """

    matches: tuple[Match, ...]
    watch_names: tuple[str, ...]
    level: int
    exploitation: tuple[str, ...]
    campaign_size: int
    link: str

    @property
    def posting_id(self) -> str:
        """The advert the link leads to."""
        return self.matches[0].posting_id

    @property
    def found_at(self) -> datetime:
        """When the item first reached its level; the reading deadline runs from here."""
        return min(match.matched_at for match in self.matches if match.level == self.level)


def gather(
    matches: Sequence[Match],
    watch_names: Mapping[str, str],
    campaign_sizes: Mapping[str, int],
    link: Callable[[Match], str],
) -> list[DigestItem]:
    """Items in reading order: highest level first, then the oldest.

    An advert that meets three watches is one item with three reasons; adverts of one campaign are one item, whose
    link leads to the member of the highest level. A watch without a name in `watch_names` is named by its id.
    """
    groups: dict[str, list[Match]] = {}
    for match in matches:
        groups.setdefault(match.campaign_id or match.posting_id, []).append(match)
    items = [_item(group, watch_names, campaign_sizes, link) for group in groups.values()]
    return sorted(items, key=lambda item: (-item.level, item.found_at, item.posting_id))


def _item(
    group: list[Match],
    watch_names: Mapping[str, str],
    campaign_sizes: Mapping[str, int],
    link: Callable[[Match], str],
) -> DigestItem:
    ordered = sorted(group, key=lambda match: (-match.level, match.matched_at, match.posting_id, match.id))
    names = dict.fromkeys(watch_names.get(match.watch_id, match.watch_id) for match in ordered)
    types = dict.fromkeys(type_id for match in ordered for type_id in match.exploitation)
    size = campaign_sizes.get(ordered[0].campaign_id or "", 1)
    return DigestItem(
        matches=tuple(ordered),
        watch_names=tuple(names),
        level=ordered[0].level,
        exploitation=tuple(types),
        campaign_size=max(size, len({match.posting_id for match in ordered})),
        link=link(ordered[0]),
    )
