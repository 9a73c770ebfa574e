"""Alembic environment of the crawl history."""

from store.migrations.environment import run

run("crawl")
