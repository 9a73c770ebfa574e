"""`chyrak reindex` and `chyrak doctor`."""

from __future__ import annotations

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json


def reindex(home: HomeOption = None) -> None:
    """Build the index anew from the store, beside the one that is searched. Matches and mails are not touched."""
    from runtime import stages
    from runtime.context import opened
    from runtime.reindexing import reindex as fill

    with opened(home) as context:
        fill(context)
        stages.drain_all(context, ["sync"])
        typer.echo(f"{context.engine.count()} adverts indexed.")


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
