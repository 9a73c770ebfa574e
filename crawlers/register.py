"""The source register: one YAML file per source, found by walking folders. A faulty file stops the start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from chyrak.datafiles import line_of, load_yaml
from chyrak.errors import AskOperator
from chyrak.settings import Settings
from crawlers.source import Source

__all__ = ["Register", "Source", "load_sources", "source_folders"]

STARTER = Path(__file__).parent / "sources"


class Register(Mapping[str, Source]):
    """Every source by its id, in the order of the ids, and the file each one stands in."""

    def __init__(self, sources: Mapping[str, Source], files: Mapping[str, Path]) -> None:
        self._sources = dict(sorted(sources.items()))
        self._files = dict(files)

    def __getitem__(self, source_id: str) -> Source:
        return self._sources[source_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def file_of(self, source_id: str) -> Path:
        """The file that describes the source; KeyError for an unknown id."""
        return self._files[source_id]

    def for_url(self, host: str) -> Source | None:
        """The first source that owns `host`."""
        return next((source for source in self.values() if host.lower() in source.own_hosts), None)


def source_folders(settings: Settings) -> tuple[Path, ...]:
    """Where sources are looked for: the starter set, the home folder, then the folders of `crawl.sources`."""
    return (STARTER, settings.home / "sources", *settings.crawl.sources)


def load_sources(folders: Iterable[Path]) -> Register:
    """The register of every `*.yaml` file in `folders`, read in that order; a missing folder counts as empty.

    A file in a later folder takes the place of an earlier source of the same id when it says `replaces: true`.
    Raises AskOperator with file and line for a file that does not load, a repeated id, or `replaces` that replaces
    nothing.
    """
    sources: dict[str, Source] = {}
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            source = load_yaml(path, Source)
            earlier = files.get(source.id)
            if earlier is not None and (not source.replaces or earlier.parent == path.parent):
                raise AskOperator(
                    f"{path}:{_line(path, 'id')}: source {source.id!r} is already described in {earlier}. Give one "
                    "of them another id; a file in the home folder that is meant to stand in place of a starter "
                    "source says replaces: true."
                )
            if earlier is None and source.replaces:
                raise AskOperator(
                    f"{path}:{_line(path, 'replaces')}: source {source.id!r} says replaces: true, but no earlier "
                    f"folder describes it. Remove the line, or correct the id. Known: {', '.join(sources) or 'none'}."
                )
            sources[source.id] = source
            files[source.id] = path
    return Register(sources, files)


def _line(path: Path, key: str) -> int:
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return line_of(root, (key,)) if root is not None else 1
