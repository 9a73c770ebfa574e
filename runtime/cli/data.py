"""`chyrak backup`, `restore`, `expire` and `erase`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import HomeOption


def backup(target: Path, home: HomeOption = None) -> None:
    """Copy the databases and the settings to a new folder TARGET while everything runs. Keys are copied apart."""
    from chyrak.settings import load_settings
    from store.backup import back_up

    typer.echo(f"Backed up: {', '.join(back_up(load_settings(home), target))}. Keep keys/ apart from it, encrypted.")


def restore(source: Path, home: HomeOption = None) -> None:
    """Put a backup in place of this home's databases. Stop `chyrak run` first; then `chyrak reindex`."""
    from chyrak.settings import load_settings
    from runtime.supervisor import only_one
    from store.backup import put_back

    settings = load_settings(home)
    settings.home.mkdir(parents=True, exist_ok=True)
    with only_one(settings.home):
        typer.echo(f"Restored: {', '.join(put_back(settings, source))}. Now run: chyrak reindex")


def expire(home: HomeOption = None) -> None:
    """Let go of what is over its time (ETH-11), as the clock of `chyrak run` does once a day."""
    from runtime import expiring
    from runtime.context import opened
    from runtime.logs import set_up_logs

    with opened(home) as context:
        set_up_logs(context.home, "expire", context.settings.log_level)
        done = expiring.expire(context)
    typer.echo(
        f"{done.unflagged + done.unreviewed} texts emptied, {done.answers} answers and {done.files} files taken out "
        "of the archive; the index follows with the next `chyrak work sync`."
    )
    for fault in done.faults:
        typer.echo(f"Not erased from the archive: {fault}", err=True)
    if done.faults:
        raise typer.Exit(1)


def erase(
    reason: Annotated[str, typer.Option(help="Who asked, and when.")],
    url: Annotated[str, typer.Option(help="The advert's address.")] = "",
    phone: Annotated[str, typer.Option(help="A phone with country code; every advert that shows it goes.")] = "",
    home: HomeOption = None,
) -> None:
    """Erase adverts on request and stop them from being kept again (ETH-12)."""
    from chyrak.errors import WrongUsage
    from runtime import erasing
    from runtime.context import opened

    if bool(url) == bool(phone):
        raise WrongUsage("Give either --url or --phone.")
    with opened(home) as context:
        if url:
            erased = erasing.erase_url(context, url, who="command line", reason=reason)
        else:
            number = "+" + "".join(character for character in phone if character.isdigit())
            link = context.vault.link("phone", number)
            erased = erasing.erase_contact(context, link, who="command line", reason=reason)
    typer.echo(f"{len(erased.ids)} adverts erased from the store; the index follows with the next `chyrak work sync`.")
    for fault in erased.faults:
        typer.echo(f"Not erased from the archive: {fault}", err=True)
    if erased.faults:
        raise typer.Exit(1)
