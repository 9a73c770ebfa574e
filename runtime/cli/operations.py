"""`chyrak reindex` and `chyrak doctor`."""

from __future__ import annotations

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json


def reindex(home: HomeOption = None) -> None:
    """Build the index anew from the store. Matches and mails are not touched."""
    import store.postings
    from runtime import stages
    from runtime.context import now, opened

    with opened(home) as context:
        context.engine.clear()
        with context.store.main.begin() as connection:
            ids = store.postings.every_id(connection)
            store.postings.touch(connection, ids, now())
        stages.drain_all(context, ["sync"])
        context.engine.refresh()
        typer.echo(f"{context.engine.count()} of {len(ids)} adverts indexed.")


def doctor(home: HomeOption = None, json: JsonOption = False) -> None:
    """Check the installation and the home folder; exit code 1 when something needs a person."""
    from chyrak.settings import load_settings
    from runtime.health import examine

    findings = examine(load_settings(home))
    if json:
        print_json(findings)
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.what}: {finding.says}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)
