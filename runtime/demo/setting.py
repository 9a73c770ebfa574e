"""Sets the demo's stage in a home folder: settings, release policy, people, watches. Doing it twice is safe."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chyrak.datafiles import load_yaml
from chyrak.errors import AskOperator
from chyrak.records import Watch
from chyrak.settings import FILE_NAME as SETTINGS_FILE
from review.policy import FILE_NAME as POLICY_FILE
from runtime.demo.content import FOLDER
from store import Store, audit, people, watches

_MADE_BY = "demo"
_MARK = "# Written by the demo."


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Actor(_Model):
    """One made-up account."""

    name: str
    email: str = Field(pattern=r"^[a-z.]+@[a-z.]+\.example$")
    role: str
    language: str


class Lookout(_Model):
    """One made-up watch."""

    id: str
    name: str
    query: str
    min_level: int
    rhythm: str
    recipients: tuple[str, ...]


class Cast(_Model):
    """Everybody in the demo, who reads first and who confirms, and what is watched."""

    people: tuple[Actor, ...]
    first_reader: str
    second_reader: str
    left_for_visitor: int = Field(ge=0)
    """One advert in so many waits in the queue of a demo that runs; 0 leaves none."""
    watches: tuple[Lookout, ...]


@lru_cache(maxsize=1)
def load_cast() -> Cast:
    """The cast of `content/cast.yaml`. Raises AskOperator naming file and line."""
    return load_yaml(FOLDER / "cast.yaml", Cast)


def write_files(home: Path, *, mail_port: int, web_port: int) -> None:
    """Write `chyrak.toml` and `policy.toml` of the demo.

    Raises AskOperator when either file is there and the demo did not write it: a home that is used in earnest must
    not turn into a demo.
    """
    home.mkdir(parents=True, exist_ok=True)
    for name in (SETTINGS_FILE, POLICY_FILE):
        path = home / name
        if path.exists() and not path.read_text(encoding="utf-8").startswith(_MARK):
            raise AskOperator(
                f"{path}: this home folder has a {name} that the demo did not write. "
                "Give the demo a folder of its own with --home."
            )
    _put(
        home / SETTINGS_FILE,
        f"{_MARK} Every address it crawls or mails is on this machine.\n"
        "[crawl]\ndelay_seconds = 0.0\nat_once = 3\n\n"
        f'[mail]\nrelay = "smtp://127.0.0.1:{mail_port}"\nallowed_recipients = [{_addresses()}]\nmost_a_day = 200\n\n'
        f"[web]\nport = {web_port}\n",
    )
    _put(
        home / POLICY_FILE,
        f"{_MARK} It lets the program decide in the name of the demo's own readers; never copy it to a real home.\n"
        f'demo = true\ndemo_reviewer = "{load_cast().second_reader}"\n',
    )


def settle(store: Store, now: datetime) -> int:
    """Add the people and watches that are not there yet; returns how many. What a person changed is left as it is."""
    added = 0
    cast = load_cast()
    with store.main.begin() as connection:
        for actor in cast.people:
            if people.by_name(connection, actor.name) is None:
                person = people.add(connection, actor.name, actor.email, actor.role, actor.language)
                details = {"name": actor.name, "role": actor.role}
                audit.append(connection, _MADE_BY, "person_added", person.id, details, now)
                added += 1
        for lookout in cast.watches:
            if watches.get(connection, lookout.id) is None:
                watch = Watch(**lookout.model_dump(), owner=cast.first_reader, most_a_day=100)
                watches.save(connection, watch)
                audit.append(connection, _MADE_BY, "watch_added", watch.id, {"query": watch.query}, now)
                added += 1
    return added


def _addresses() -> str:
    return ", ".join(f'"{actor.email}"' for actor in load_cast().people)


def _put(path: Path, text: str) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
