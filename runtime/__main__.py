"""`python -m runtime ...` is the command line, so that a child process needs no script on the path."""

from runtime.cli import main

main()
