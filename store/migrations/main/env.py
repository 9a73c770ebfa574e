"""Alembic environment of the main history."""

from store.migrations.environment import run

run("main")
