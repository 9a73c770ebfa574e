"""`chyrak train` and `chyrak evaluate`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chyrak.errors import AskOperator, WrongUsage
from chyrak.settings import load_settings
from runtime.cli.options import HomeOption, JsonOption, print_json

if TYPE_CHECKING:
    from nlp.training.seed import SeedText

CROSS = "cross"


WANTED = ("referred", "person_assisted")
UNWANTED = ("no_action", "unfounded", "agency_licensed", "fraud_only", "breach_only")
"""Outcomes of a review that say whether a reviewer would want to see such an advert; `needs_more` says neither."""


def train(
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Learn from the review decisions of this home as well.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write the model; without it, the one that comes with Chyrak."),
    ] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Learn, for the classifier there is, what this encoder adds to it."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Train the classifier anew from the invented seed corpus; the same corpus gives the same model."""
    if encoder:
        from nlp.training.second_look import train_second_look

        typer.echo(f"Written: {train_second_look(encoder)}. Use it: reading.encoder = {str(encoder)!r} in chyrak.toml")
        return
    from nlp.components.classifier import MODEL_FILE
    from nlp.training import classifier
    from nlp.training.seed import load_seed

    texts = load_seed("train", "dev")
    if decisions:
        if output is None:
            raise WrongUsage("--decisions needs --output FILE: a model with this home's adverts in it stays with it.")
        decided = decided_texts(home)
        texts += decided
        typer.echo(f"{len(decided)} decided adverts learnt from, beside {len(texts) - len(decided)} of the corpus.")
    path = output or MODEL_FILE
    _must_be_writable(path, "--output")
    with _writing(path, "--output"):
        classifier.write(*classifier.train(texts), path)
    typer.echo(f"{path}: {path.stat().st_size:,} bytes")
    if output:
        typer.echo(f'To read with it: [reading] model = "{path}" in chyrak.toml.')


def decided_texts(home: Path | None) -> list[SeedText]:
    """Adverts of this home on which the readers have settled, as labelled texts."""
    from sqlalchemy import select

    from nlp.training.seed import SeedText
    from runtime.context import opened
    from store import decisions, postings, readings, standing
    from store.tables import decision

    found = []
    with opened(home) as context, context.store.main.begin() as connection:
        ids = sorted(set(connection.execute(select(decision.c.posting_id)).scalars()))
        for key, state in standing.of(connection, ids).items():
            last = decisions.of(connection, key)[-1]
            posting, reading = postings.get(connection, key, last.rev), readings.latest(connection, key)
            if state.state != standing.DECIDED or last.outcome not in WANTED + UNWANTED or not (posting and reading):
                continue
            wanted = last.outcome in WANTED
            offered = reading.stance.value in ("OFFER", "SERVICE")
            found.append(
                SeedText(
                    id=key,
                    lang=posting.lang_hint or "",
                    title=posting.title,
                    text=posting.text,
                    label=int(wanted),
                    level=int(reading.level),
                    stance="OFFER" if wanted and not offered else reading.stance.value,
                    slice="decided",
                    hn="",
                    exploitation=(),
                    indicators=(),
                    protective=(),
                    part="train",
                )
            )
    return found


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
    encoder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also measure what a second look by this encoder gains.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how well the reader reads labelled texts: recall, false flags, indicators, with 95 % intervals."""
    import nlp
    from nlp import evaluation

    settings = load_settings(home).reading
    if encoder and texts == CROSS:
        raise WrongUsage("--encoder goes with a part or a file: its head has learnt from the texts of `cross`.")
    if html:
        _must_be_writable(html, "--html")
    reader = nlp.load_reader(settings)
    if texts == CROSS:
        from nlp.evaluation.cross import cross_read

        found = evaluation.labelled_texts("train") + evaluation.labelled_texts("dev")
        result = evaluation.measure(found, cross_read(found))
    else:
        found = evaluation.labelled_texts(texts)
        result = evaluation.evaluate(reader, found, evaluation.ordinary_adverts(ordinary))
    if encoder:
        plain = nlp.load_reader(settings.model_copy(update={"encoder": None}))
        again = nlp.load_reader(settings.model_copy(update={"encoder": encoder}))
        result["second_look"] = evaluation.second_look_gain(plain, again, found)
    heading = f"Evaluation: {texts}"
    if html:
        with _writing(html, "--html"):
            html.write_text(evaluation.as_page(result, heading), encoding="utf-8")
    if json:
        print_json(result)
    else:
        typer.echo(evaluation.as_markdown(result, heading))
        if encoder:
            typer.echo(evaluation.gain_as_markdown(result["second_look"]))


def _must_be_writable(path: Path, option: str) -> None:
    """Says so before minutes of work are done for a file that cannot be."""
    with _writing(path, option):
        path.open("ab").close()


@contextmanager
def _writing(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise AskOperator(f"{path}: cannot be written: {fault.strerror}. Name another file with {option}.") from fault
