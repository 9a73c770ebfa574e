"""`chyrak run`, `work`, and the children that the supervisor starts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json
from runtime.supervisor import Part


def run(home: HomeOption = None) -> None:
    """Everything on this machine: clock, crawls, worker, web pages. Ctrl-C ends it; starting again goes on."""
    from runtime.context import opened
    from runtime.supervisor import only_one

    with opened(home) as context, only_one(context.home):
        supervise(context.home, parts(context.home))


def supervise(home: Path, children: Sequence[Part]) -> None:
    """Run the parts until the person ends them."""
    from runtime.logs import set_up_logs
    from runtime.supervisor import Supervisor, signals_call

    set_up_logs(home, "supervisor")
    supervisor = Supervisor(children, home / "log", lambda line: typer.echo(line, err=True))
    with signals_call(supervisor.end):
        supervisor.start()
        try:
            supervisor.run()
        finally:
            typer.echo("Ending; nothing is lost.", err=True)
            supervisor.stop()


def parts(home: Path) -> list[Part]:
    """The children of `run`: worker, clock, web."""
    from runtime import leash

    where = ("--home", str(home))
    return [
        Part("worker", leash.command("runtime", "work", "--forever", "--alone", *where)),
        Part("clock", leash.command("runtime", "clock", *where)),
        Part("web", leash.command("runtime", "web", *where)),
    ]


def work(
    stages: Annotated[list[str] | None, typer.Argument(help="Stages to drain; all of them when none is named.")] = None,
    forever: Annotated[bool, typer.Option("--forever", help="Keep draining.")] = False,
    processes: Annotated[int, typer.Option("--processes", min=1, help="How many processes share the work.")] = 1,
    alone: Annotated[bool, typer.Option("--alone", hidden=True)] = False,
    retry_dead: Annotated[bool, typer.Option("--retry-dead", help="Give work that was set aside another try.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Drain the stages once and say how much was done, or keep draining with --forever."""
    from runtime import stages as hops
    from runtime.context import now, opened
    from runtime.logs import set_up_logs
    from runtime.work import work_for_ever
    from store import mails, worklist

    names = tuple(stages or hops.ORDER)
    for name in names:
        hops.stage(name)
    if processes > 1:
        _share(home, names, processes, forever)
        return
    with opened(home) as context:
        set_up_logs(context.home, "worker", context.settings.log_level, screen=not forever)
        if alone:
            with context.store.main.begin() as connection:
                worklist.release_all(connection)
                mails.release_all(connection, now())
        if retry_dead:
            with context.store.main.begin() as connection:
                typer.echo(f"{worklist.retry(connection, now())} pieces of work get another try.")
        if forever:
            work_for_ever(context, names)
            return
        done = hops.drain_all(context, names)
    if json:
        print_json(done)
    else:
        typer.echo(", ".join(f"{name} {count}" for name, count in done.items()))


def _share(home: Path | None, names: Sequence[str], processes: int, forever: bool) -> None:
    from chyrak.settings import load_settings
    from runtime import leash

    if not forever:
        raise typer.BadParameter("--processes goes with --forever: one pass is done by one process")
    folder = load_settings(home).home
    command = leash.command("runtime", "work", *names, "--forever", "--home", str(folder))
    supervise(folder, [Part(f"worker-{number}", command) for number in range(1, processes + 1)])


def clock(home: HomeOption = None) -> None:
    """Keep time: crawl every source on its cadence."""
    from runtime.clock import keep_time
    from runtime.context import opened
    from runtime.logs import set_up_logs

    with opened(home) as context:
        set_up_logs(context.home, "clock", context.settings.log_level)
        asyncio.run(keep_time(context))


def web(home: HomeOption = None) -> None:
    """Serve the review pages."""
    import review
    from runtime.context import opened
    from runtime.logs import set_up_logs

    with opened(home) as context:
        set_up_logs(context.home, "web", context.settings.log_level)
        settings = context.settings.web
        review.serve(review.create_app(context.settings, context.store), settings.host, settings.port, settings.threads)
