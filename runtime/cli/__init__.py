"""The command line `chyrak`: one file a command or group; exit code 0, 1 (ran, found problems) or 2 (wrong usage)."""

from __future__ import annotations

import sys

from chyrak.errors import ChyrakError, WrongUsage

EXIT_PROBLEMS = 1
EXIT_USAGE = 2


def main() -> None:
    """Run the command line of this process and exit with its code."""
    from runtime.cli.app import app

    try:
        app()
    except WrongUsage as fault:
        print(f"chyrak: {fault}", file=sys.stderr)  # noqa: T201 - the command line speaks to a person
        sys.exit(EXIT_USAGE)
    except ChyrakError as fault:
        print(f"chyrak: {fault}", file=sys.stderr)  # noqa: T201
        sys.exit(EXIT_PROBLEMS)
