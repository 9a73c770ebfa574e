"""`chyrak train` and `chyrak evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chyrak.errors import AskOperator
from chyrak.settings import load_settings
from runtime.cli.options import HomeOption, JsonOption, print_json

CROSS = "cross"


def train(
    encoder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Learn, for the classifier there is, what this encoder adds to it."),
    ] = None,
) -> None:
    """Train the classifier anew from the invented seed corpus; the same corpus gives the same model."""
    if encoder:
        from nlp.training.second_look import train_second_look

        typer.echo(f"Written: {train_second_look(encoder)}. Use it: reading.encoder = {str(encoder)!r} in chyrak.toml")
        return
    from nlp.training import classifier

    classifier.main()


def evaluate(
    texts: Annotated[
        str,
        typer.Argument(
            metavar="FILE|train|dev|test|cross",
            help="JSON lines with text and label; a part of the seed corpus; or cross: train and dev, each text read "
            "by a model that has not seen it.",
        ),
    ],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with plots.")] = None,
    ordinary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Real ordinary adverts (.jsonl.gz); found in CHYRAK_DATA if that is set."),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how well the reader reads labelled texts: recall, false flags, indicators, with 95 % intervals."""
    import nlp
    from nlp import evaluation

    pipe = nlp.load(load_settings(home).reading)
    if texts == CROSS:
        from nlp.evaluation.cross import cross_read

        found = evaluation.labelled_texts("train") + evaluation.labelled_texts("dev")
        result = evaluation.measure(found, cross_read(found))
    else:
        found = evaluation.labelled_texts(texts)
        result = evaluation.evaluate(pipe, found, evaluation.ordinary_adverts(ordinary))
    heading = f"Evaluation: {texts}"
    if html:
        try:
            html.write_text(evaluation.as_page(result, heading), encoding="utf-8")
        except OSError as fault:
            raise AskOperator(f"{html}: cannot be written: {fault.strerror}. Name another file with --html.") from fault
    if json:
        print_json(result)
    else:
        typer.echo(evaluation.as_markdown(result, heading))
