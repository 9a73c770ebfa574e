"""`chyrak search`, `chyrak watch` and `chyrak mail`."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json, print_table

watch_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
mail_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def search(
    query: str,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    sort: Annotated[str, typer.Option(help="newest, oldest, level, score or relevance.")] = "newest",
    facet: Annotated[list[str] | None, typer.Option(help="Count by this field; may be repeated.")] = None,
    histogram: Annotated[str | None, typer.Option(help="Count by month, week or day.")] = None,
    collapse: Annotated[bool, typer.Option("--collapse", help="One advert of each campaign.")] = False,
    one_script: Annotated[
        bool, typer.Option("--one-script", help="Words only in the script they are typed in.")
    ] = False,
    cursor: Annotated[str | None, typer.Option(help="Go on after the page that gave this.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Print how the query is understood, and stop.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Search the adverts, in the language of the search page."""
    import indexer
    from chyrak.errors import WrongUsage
    from runtime.context import now, opened
    from store import audit

    parsed = indexer.parse(query)
    if explain:
        typer.echo(indexer.explain(parsed, cross_script=not one_script))
        return
    if sort not in tuple(indexer.Sort):
        raise WrongUsage(f"There is no order {sort!r}. Orders: {', '.join(indexer.Sort)}.")
    request = indexer.SearchRequest(
        parsed,
        sort=indexer.Sort(sort),
        limit=limit,
        cursor=cursor,
        facets=tuple(facet or ()),
        histogram=cast(Any, histogram),  # the engine refuses what is none
        collapse=collapse,
        cross_script=not one_script,
    )
    with opened(home) as context:
        page = context.engine.search(request)
        with context.store.main.begin() as connection:
            audit.append(connection, "command line", "search", "", {"query": query, "total": page.total}, now())
    if json:
        print_json(
            {
                "total": page.total,
                "hits": [hit.document for hit in page.hits],
                "facets": page.facets,
                "histogram": page.histogram,
                "next_cursor": page.next_cursor,
            }
        )
        return
    rows = [
        [d.level, ",".join(d.languages), d.source, d.dated.date(), (d.title or d.text)[:60], hit.siblings, d.id[:10]]
        for hit, d in ((hit, hit.document) for hit in page.hits)
    ]
    print_table(["level", "languages", "source", "date", "text", "alike", "id"], rows)
    counted = {name: found.buckets for name, found in page.facets.items()} | {histogram or "": page.histogram}
    for name, buckets in counted.items():
        if buckets:
            print_table([name, "adverts"], [[bucket.value, bucket.count] for bucket in buckets])
    typer.echo(f"{page.total} in all. Counts are counts of adverts, never of people.")
    if page.next_cursor:
        typer.echo(f"More: --cursor {page.next_cursor}")


@watch_app.command("add")
def add(
    name: str,
    query: str,
    to: Annotated[list[str], typer.Option(help="Recipient's mail address; may be repeated.")],
    min_level: Annotated[int, typer.Option(min=0, max=4)] = 2,
    rhythm: Annotated[str, typer.Option(help="at_once, hourly, daily or weekly.")] = "daily",
    home: HomeOption = None,
) -> None:
    """Save a search that writes to people when a released advert meets it."""
    import secrets

    import indexer
    from alerts.rhythm import RHYTHMS
    from chyrak.errors import WrongUsage
    from chyrak.records import Watch
    from runtime.context import opened
    from store import watches

    indexer.parse(query)
    if rhythm not in RHYTHMS:
        raise WrongUsage(f"No rhythm {rhythm!r}. Rhythms: {', '.join(RHYTHMS)}.")
    watch = Watch(secrets.token_hex(6), name, query, min_level, tuple(to), rhythm, "command line")
    with opened(home) as context, context.store.main.begin() as connection:
        watches.save(connection, watch)
    typer.echo(f"Watch {watch.id} is on; it sees adverts indexed from now on.")


@watch_app.command("list")
def list_watches(home: HomeOption = None, json: JsonOption = False) -> None:
    """All watches."""
    from runtime.context import opened
    from store import watches

    with opened(home) as context, context.store.main.read() as connection:
        found = watches.every(connection)
    if json:
        print_json(found)
    else:
        rows = [[w.id, w.name, w.query, w.min_level, w.rhythm, ", ".join(w.recipients), w.paused] for w in found]
        print_table(["id", "name", "query", "level", "rhythm", "to", "paused"], rows)


@watch_app.command("preview")
def preview(query: str, min_level: int = 2, home: HomeOption = None) -> None:
    """How many adverts in the index a watch with this query would have met."""
    import indexer
    from runtime.context import opened

    with opened(home) as context:
        request = indexer.SearchRequest(indexer.parse(f"({query}) level:>={min_level}"), limit=1)
        typer.echo(f"{context.engine.search(request).total} adverts.")


@watch_app.command("pause")
def pause(
    watch_id: str, off: Annotated[bool, typer.Option("--off", help="Go on again.")] = False, home: HomeOption = None
) -> None:
    """Pause a watch, or let it go on."""
    from runtime.context import opened
    from store import watches

    with opened(home) as context, context.store.main.begin() as connection:
        watches.pause(connection, watch_id, not off)


@mail_app.command("send")
def send(home: HomeOption = None) -> None:
    """Send what is due now."""
    from runtime.context import opened
    from runtime.stages import mail

    with opened(home) as context:
        typer.echo(f"{mail.drain(context, 1000)} mails sent.")


@mail_app.command("ledger")
def ledger(limit: int = 50, home: HomeOption = None, json: JsonOption = False) -> None:
    """The newest mails and what became of them."""
    from runtime.context import opened
    from store import mails

    with opened(home) as context, context.store.main.read() as connection:
        rows = mails.ledger(connection, limit)
    if json:
        print_json(rows)
    else:
        print_table(
            ["opened", "to", "state", "matches", "answer"],
            [[r.opened_at, r.recipient, r.state, r.matches, r.answer] for r in rows],
        )


@mail_app.command("retry")
def retry(home: HomeOption = None) -> None:
    """Give mails that were set aside another try."""
    from runtime.context import now, opened
    from store import mails

    with opened(home) as context, context.store.main.begin() as connection:
        typer.echo(f"{mails.retry(connection, now())} mails will be tried again.")
