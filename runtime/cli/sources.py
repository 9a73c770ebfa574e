"""`chyrak crawl` and `chyrak sources`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json, print_table

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def crawl(
    sources: Annotated[list[str] | None, typer.Argument(help="Source ids; every enabled source when none.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Crawl sources now. Exit code 1 when one of them failed or refused."""
    from chyrak.errors import WrongUsage
    from runtime.context import now, opened
    from runtime.crawl import crawl_sources
    from store.crawl import schedule

    with opened(home) as context:
        chosen = [source for source in context.register.values() if source.enabled]
        if sources:
            unknown = [name for name in sources if name not in context.register]
            if unknown:
                raise WrongUsage(f"No source {unknown[0]!r}. `chyrak sources list` shows the register.")
            chosen = [context.register[name] for name in sources]
            off = [source.id for source in chosen if not source.enabled]
            if off:
                file = context.register.file_of(off[0])
                raise WrongUsage(f"{file}: {off[0]!r} is not enabled. Read its terms, date them there, and enable it.")
        with context.store.crawl.begin() as connection:
            listed = [(source.id, source.every_seconds) for source in context.register.values() if source.enabled]
            schedule.sync_sources(connection, listed, now())
        outcomes = asyncio.run(crawl_sources(context, chosen))
    if json:
        print_json(outcomes)
    else:
        print_table(["source", "outcome"], [[name, outcome] for name, outcome in outcomes.items()])
    if any(outcome in ("failing", "refused") for outcome in outcomes.values()):
        raise typer.Exit(1)


@app.command("list")
def list_sources(home: HomeOption = None, json: JsonOption = False) -> None:
    """The register with the health of each source."""
    from runtime.context import now, opened
    from store.crawl.health import health

    with opened(home) as context:
        with context.store.crawl.read() as connection:
            states = {item.source: item for item in health(connection, now())}
        rows = [
            {
                "id": source.id,
                "kind": source.kind,
                "enabled": source.enabled,
                "every": source.every,
                "state": states[source.id].state if source.id in states else ("never" if source.enabled else "off"),
                "note": states[source.id].note if source.id in states else "",
            }
            for source in context.register.values()
        ]
    if json:
        print_json(rows)
    else:
        print_table(["source", "kind", "enabled", "every", "state", "note"], [list(row.values()) for row in rows])


@app.command("check")
def check(home: HomeOption = None) -> None:
    """Read every source file; a fault is named with file, line and remedy (exit code 1)."""
    from runtime.context import opened

    with opened(home) as context:
        enabled = sum(source.enabled for source in context.register.values())
        typer.echo(f"{len(context.register)} sources, {enabled} of them enabled; every file is sound.")


@app.command("try")
def try_page(url: str, home: HomeOption = None, json: JsonOption = False) -> None:
    """What a page would yield, storing nothing; robots.txt is asked first."""
    from crawlers.preview import try_url
    from runtime.context import opened

    with opened(home) as context:
        found = try_url(url, context.settings)
    if json:
        print_json(found)
        return
    for sighting in found.postings:
        typer.echo(f"{sighting.kind} {sighting.url}\n{sighting.title}\n{sighting.text}\n")
    typer.echo(f"{len(found.postings)} postings, {len(found.links)} links to follow. {found.note}")
