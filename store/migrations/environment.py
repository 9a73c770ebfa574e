"""What both Alembic environments do."""

from __future__ import annotations

from alembic import context

from store import tables


def run(history: str) -> None:
    """Migrate on the connection that `store.migrate` gives."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata={"main": tables.main, "crawl": tables.crawl}[history],
        version_table=f"schema_{history}",
        render_as_batch=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
