"""What both Alembic environments do."""

from __future__ import annotations

from typing import Literal

from alembic import context

from store import tables


def run(history: str) -> None:
    """Migrate on the connection that `store.migrate` gives."""
    metadata = {"main": tables.main, "crawl": tables.crawl}[history]
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=f"schema_{history}",
        render_as_batch=True,
        transaction_per_migration=False,
        render_item=_render_item,
        # On PostgreSQL the other history's tables stand beside ours.
        include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    )
    context.run_migrations()


def _render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must mean the same for ever, so it names no type of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, tables.Utc) else False
