"""Puts the commands together. Heavy parts are imported inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import typer

from runtime.cli import corpus, data, model, operations, people, running, searching, sources
from runtime.cli.demo import demo, readers
from runtime.cli.read import read

app = typer.Typer(
    name="chyrak",
    help="Reads public job adverts aimed at Central Asians and puts those with risk indicators before human reviewers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("run")(running.run)
app.command("demo")(demo)
app.command("crawl")(sources.crawl)
app.add_typer(sources.app, name="sources", help="The source register.")
app.command("read")(read)
app.command("work")(running.work)
app.command("search")(searching.search)
app.add_typer(searching.watch_app, name="watch", help="Saved searches that write mails.")
app.add_typer(searching.mail_app, name="mail", help="Alert mails and their ledger.")
app.command("reindex")(operations.reindex)
app.command("doctor")(operations.doctor)
app.command("backup")(data.backup)
app.command("restore")(data.restore)
app.command("expire")(data.expire)
app.command("erase")(data.erase)
app.add_typer(people.app, name="user", help="People and their roles.")
app.add_typer(people.audit_app, name="audit", help="The audit chain.")
app.add_typer(model.app, name="model", help="Encoders for a second look at adverts.")
app.command("train")(corpus.train)
app.command("evaluate")(corpus.evaluate)
app.command("demo-readers", hidden=True)(readers)
app.command("clock", hidden=True)(running.clock)
app.command("web", hidden=True)(running.web)
