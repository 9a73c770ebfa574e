"""`chyrak reindex` and `chyrak doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json


def reindex(
    check: Annotated[bool, typer.Option("--check", help="Compare index and store, repair what differs.")] = False,
    swap_back: Annotated[bool, typer.Option("--swap-back", help="Put the index before the last one back.")] = False,
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Delete the index kept for swapping back.")] = False,
    home: HomeOption = None,
) -> None:
    """Build the index anew beside the live one, compare it with the store and swap. The old one is kept for a day."""
    from chyrak.errors import WrongUsage
    from runtime import reconciling, reindexing, stages
    from runtime.context import opened

    if check + swap_back + drop_old > 1:
        raise WrongUsage("Give one of --check, --swap-back and --drop-old.")
    with opened(home) as context:
        if swap_back:
            reconciling.swap_back(context)
            typer.echo(f"{context.engine.count()} adverts in the index that was put back.")
        elif drop_old:
            context.engine.drop_beside()
        elif check:
            stages.drain_all(context, ["sync"])
            found = reconciling.reconcile(context)
            typer.echo(
                f"{found.missing} missing or old, {found.orphans} too many, {found.torn} with other contents, "
                f"{found.ahead} ahead of the store; {'repaired' if found else 'nothing to repair'}."
            )
            if found:
                raise typer.Exit(1)
        else:
            filled = reindexing.reindex(context)
            stages.drain_all(context, ["sync"])
            typer.echo(
                f"{filled.adverts} adverts indexed, {filled.sampled} compared word by word, {filled.unread} not read "
                f"yet, {filled.failed} refused. The old index is kept until the night: `chyrak reindex --swap-back`."
            )


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
