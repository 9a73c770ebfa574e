"""`chyrak user` and `chyrak audit`."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.options import HomeOption, JsonOption, print_json, print_table

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
audit_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_WHO = "command line"


@app.command("add")
def add(
    name: str,
    email: Annotated[str, typer.Option(help="Where alerts and links go.")],
    role: Annotated[str, typer.Option(help="admin, investigator, ngo_caseworker, researcher or auditor.")],
    language: Annotated[str, typer.Option(help="en, ru or ky.")] = "en",
    senior: Annotated[bool, typer.Option(help="May decide alone on levels 3 and 4.")] = False,
    home: HomeOption = None,
) -> None:
    """Add a person and print a one-time login link; there is no default password."""
    import review
    from runtime.context import now, opened
    from store import audit, people

    with opened(home) as context:
        with context.store.main.begin() as connection:
            person = people.add(
                connection, name, email, role, language, senior=senior, timezone=context.settings.timezone
            )
            audit.append(connection, _WHO, "person_added", person.id, {"name": name, "role": role}, now())
        link = review.login_link(context.settings, context.store, name, now=now(), made_by=_WHO)
    typer.echo(f"{name} may log in once, within 30 minutes, at:\n{link}")


@app.command("link")
def link(name: str, home: HomeOption = None) -> None:
    """Print a new one-time login link for a person."""
    import review
    from runtime.context import now, opened

    with opened(home) as context:
        typer.echo(review.login_link(context.settings, context.store, name, now=now(), made_by=_WHO))


@app.command("list")
def list_people(home: HomeOption = None, json: JsonOption = False) -> None:
    """Everybody, without secrets."""
    from runtime.context import opened
    from store import people

    with opened(home) as context, context.store.main.read() as connection:
        rows = [
            {"name": p.name, "email": p.email, "role": p.role, "senior": p.senior, "disabled": p.disabled}
            for p in people.every(connection)
        ]
    if json:
        print_json(rows)
    else:
        print_table(["name", "email", "role", "senior", "disabled"], [list(row.values()) for row in rows])


@app.command("role")
def role(name: str, new_role: str, senior: bool = False, home: HomeOption = None) -> None:
    """Give a person another role."""
    _change(name, home, "role_changed", role=new_role, senior=senior)


@app.command("disable")
def disable(name: str, home: HomeOption = None) -> None:
    """Shut a person out at once; their decisions stay."""
    _change(name, home, "person_disabled")


def _change(name: str, home: HomeOption, action: str, *, role: str | None = None, senior: bool = False) -> None:
    from chyrak.errors import WrongUsage
    from runtime.context import now, opened
    from store import audit, people, sessions

    with opened(home) as context, context.store.main.begin() as connection:
        person = people.by_name(connection, name)
        if person is None:
            raise WrongUsage(f"No person {name!r}. `chyrak user list` shows everybody.")
        if role is None:
            people.disable(connection, person.id)
        else:
            people.set_role(connection, person.id, role, senior=senior)
        sessions.drop_all_of(connection, person.id)
        audit.append(connection, _WHO, action, person.id, {"role": role} if role else {}, now())
    typer.echo("Done; their open sessions are ended.")


@audit_app.command("verify")
def verify(home: HomeOption = None) -> None:
    """Check every link of the audit chain; exit code 1 names the first that is broken."""
    from runtime.context import opened
    from store import audit

    with opened(home) as context, context.store.main.read() as connection:
        problems = audit.verify(connection)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("The audit chain is whole.")


@audit_app.command("tail")
def tail(limit: int = 20, home: HomeOption = None, json: JsonOption = False) -> None:
    """The newest audit events."""
    from runtime.context import opened
    from store import audit

    with opened(home) as context, context.store.main.read() as connection:
        events = audit.tail(connection, limit)
    if json:
        print_json(events)
    else:
        print_table(
            ["no", "at", "who", "action", "subject"],
            [[e.number, e.at, e.who, e.action, e.subject[:40]] for e in events],
        )
