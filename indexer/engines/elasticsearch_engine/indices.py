"""Makes indices, moves the aliases, and knows whether the one in place is of this version.

<prefix>-adverts-v<schema>-<time>    an index; never changed in shape after it was made
<prefix>-adverts                     alias that is searched
<prefix>-adverts-write               alias of the same index, for whoever writes by hand
<prefix>-adverts-beside              alias of another one that is written too: being filled, or kept after a swap
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from elasticsearch import Elasticsearch, NotFoundError

from indexer.engines.elasticsearch_engine.schema import SETTINGS, fingerprint, mapping


@dataclass(frozen=True, slots=True)
class Names:
    """What this installation's things are called on the server."""

    prefix: str

    @property
    def read(self) -> str:
        """Alias of the index that is searched."""
        return f"{self.prefix}-adverts"

    @property
    def write(self) -> str:
        """Alias of the index that is written."""
        return f"{self.prefix}-adverts-write"

    @property
    def beside(self) -> str:
        """Alias of the index beside the live one."""
        return f"{self.prefix}-adverts-beside"

    def fresh(self) -> str:
        """A name for a new index, another one at each call."""
        now = datetime.now(UTC)
        return f"{self.prefix}-adverts-v{fingerprint()[:8]}-{now:%Y%m%d%H%M%S}-{secrets.token_hex(4)}"


def ensure(client: Elasticsearch, names: Names) -> None:
    """Makes the first index when there is none; changes nothing that is there."""
    if client.indices.exists_alias(name=names.read):
        return
    _put_templates(client, names)
    made = make(client, names, "the index is new and empty")
    put_in_place(client, names, made)


def make(client: Elasticsearch, names: Names, rebuild: str, *, filling: bool = False) -> str:
    """A new empty index that nobody searches yet; its name. `filling` leaves refreshing until it is full."""
    _put_templates(client, names)
    name = names.fresh()
    settings = {"refresh_interval": "-1"} if filling else {}
    client.indices.create(index=name, settings=settings, mappings={"_meta": _meta(rebuild)})
    return name


def put_in_place(client: Elasticsearch, names: Names, name: str) -> list[str]:
    """Points search and write alias at `name` in one step; the indices they left."""
    before = behind(client, names.read)
    client.indices.update_aliases(actions=_moves(names, before, name))
    return [old for old in before if old != name]


def begin_beside(client: Elasticsearch, names: Names) -> None:
    """A new empty index beside the live one; the one that was there is deleted."""
    drop_beside(client, names)
    made = make(client, names, "it was not filled to the end", filling=True)
    client.indices.put_alias(index=made, name=names.beside)


def swap(client: Elasticsearch, names: Names) -> None:
    """The index beside and the live one change places, in one step."""
    client.indices.refresh(index=names.beside)
    [live], [other] = behind(client, names.read), behind(client, names.beside)
    actions = _moves(names, [live], other)
    actions.append({"remove": {"index": other, "alias": names.beside}})
    actions.append({"add": {"index": live, "alias": names.beside}})
    client.indices.update_aliases(actions=actions)


def drop_beside(client: Elasticsearch, names: Names) -> None:
    """Deletes the index beside the live one."""
    for old in behind(client, names.beside):
        client.options(ignore_status=404).indices.delete(index=old)


def behind(client: Elasticsearch, alias: str) -> list[str]:
    """The indices behind an alias; empty when there is none."""
    try:
        return sorted(client.indices.get_alias(name=alias).body)
    except NotFoundError:
        return []


def written(client: Elasticsearch, names: Names) -> list[str]:
    """The index that is searched, and after it the one beside it: both by name, since aliases may move meanwhile."""
    found = client.indices.get_alias(index=f"{names.read}-*").body
    live = [name for name, answer in found.items() if names.read in answer["aliases"]]
    other = [name for name, answer in found.items() if names.beside in answer["aliases"]]
    return live + other


def _moves(names: Names, before: list[str], name: str) -> list[dict[str, dict[str, object]]]:
    actions: list[dict[str, dict[str, object]]] = [
        {"remove": {"index": old, "alias": alias}} for old in before for alias in (names.read, names.write)
    ]
    actions.append({"add": {"index": name, "alias": names.read}})
    actions.append({"add": {"index": name, "alias": names.write, "is_write_index": True}})
    return actions


def state(client: Elasticsearch, name: str) -> tuple[str, str]:
    """Schema fingerprint of an index, and why it must be filled anew (or an empty string)."""
    for answer in client.indices.get_mapping(index=name).body.values():
        meta = answer["mappings"].get("_meta", {})
        schema = str(meta.get("schema", ""))
        if schema != fingerprint():
            return schema, "the index was made by another version of Chyrak"
        return schema, str(meta.get("rebuild", ""))
    return "", "there is no index"


def filled(client: Elasticsearch, name: str) -> None:
    """Notes that the index holds what the store holds, shows all of it, and lets it refresh by itself again."""
    client.indices.put_settings(index=name, settings={"refresh_interval": SETTINGS["refresh_interval"]})
    client.indices.refresh(index=name)  # the server's own, after the new setting, comes at a time of its choosing
    client.indices.put_mapping(index=name, meta=_meta(""))


def _meta(rebuild: str) -> dict[str, str]:
    return {"schema": fingerprint(), "rebuild": rebuild}


def _put_templates(client: Elasticsearch, names: Names) -> None:
    """Component templates of this version's shape and the index template that joins them."""
    parts = f"{names.prefix}-adverts-{fingerprint()[:8]}"
    meta = {"schema": fingerprint()}
    cluster = client.cluster
    cluster.put_component_template(
        name=f"{parts}-settings", template={"settings": {"index": dict(SETTINGS)}}, meta=meta
    )
    cluster.put_component_template(name=f"{parts}-mappings", template={"mappings": dict(mapping())}, meta=meta)
    client.indices.put_index_template(
        name=parts,
        index_patterns=[f"{names.prefix}-adverts-v{fingerprint()[:8]}-*"],
        composed_of=[f"{parts}-settings", f"{parts}-mappings"],
        priority=200,
        allow_auto_create=False,  # a batch for an index that was deleted meanwhile must not bring it back
        meta=meta,
    )
