"""What `chyrak doctor` looks at: packages, settings, databases, index, register, reader, dead work."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from chyrak.errors import ChyrakError
from chyrak.settings import Settings
from runtime.context import Context, now

PACKAGES = ("chyrak", "runtime", "review", "research", "alerts", "indexer", "crawlers", "nlp", "store")
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    says: str


def examine(settings: Settings) -> list[Finding]:
    """Everything that can be seen to be wrong, each with what to do."""
    findings = [_package(name) for name in PACKAGES]
    try:
        context = Context(settings)
    except ChyrakError as fault:
        return [*findings, Finding("home", False, str(fault))]
    try:
        findings += list(_parts(context))
    finally:
        context.close()
    return findings


def _package(name: str) -> Finding:
    """The package names are generic: another distribution may have put its own in our place."""
    spec = find_spec(name)
    origin = Path(spec.origin).resolve() if spec and spec.origin else None
    ours = origin is not None and origin.parent == _ROOT / name
    says = str(origin) if ours else f"found at {origin}, not in {_ROOT}. Use a virtual environment of its own."
    return Finding(f"package {name}", ours, says)


def _parts(context: Context) -> Iterator[Finding]:
    mode = stat.S_IMODE((context.home / "keys").stat().st_mode)
    yield Finding("keys", mode & 0o077 == 0, f"{context.home / 'keys'} has mode {mode:o}; chmod 700 it if not 700")
    yield _try("databases", lambda: f"{context.settings.store_url}, {context.settings.crawl_url}")
    yield _try("sources", lambda: f"{len(context.register)} in the register")
    yield _try("reader", lambda: _engine(context))
    yield _index(context)
    yield _dead_work(context)
    yield Finding("settings", True, context.settings.model_dump_json(exclude={"home"}))


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except ChyrakError as fault:
        return Finding(what, False, str(fault))


def _engine(context: Context) -> str:
    reader = context.reader
    return f"rules {reader.engine.rules}, model {reader.engine.model}, {len(reader.lexicon.matcher.rows):,} patterns"


def _index(context: Context) -> Finding:
    try:
        info = context.engine.info()
    except ChyrakError as fault:
        return Finding("index", False, str(fault))
    says = f"{info.documents} adverts at {info.location} ({info.engine})"
    if info.rebuild:
        says += f": {info.rebuild}. `chyrak run` fills it at its next sync; to do it now: `chyrak reindex`."
    return Finding("index", not info.rebuild, says)


def _dead_work(context: Context) -> Finding:
    from store import worklist

    with context.store.main.read() as connection:
        letters = worklist.dead_letters(connection)
        waiting = sum(count.waiting for count in worklist.counts(connection, now()).values())
    if not letters:
        return Finding("work", True, f"{waiting} waiting, none set aside")
    first = letters[0]
    return Finding(
        "work",
        False,
        f"{len(letters)} set aside; the first: {first.stage} of {first.key[:12]}: {first.error}. "
        "Mend the cause, then `chyrak work --retry-dead`.",
    )
