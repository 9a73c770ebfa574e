"""The first schema of the crawl database."""

from alembic import op

from store import tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    tables.crawl.create_all(op.get_bind())
