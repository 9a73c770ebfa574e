"""An index that serves the queue, in place of one that told almost nothing apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = ["stance", "level", "raised_by", "posting_id", "rev"]


def upgrade() -> None:
    """An index that serves the queue, in place of one that told almost nothing apart."""
    op.drop_index("ix_reading_current", table_name="reading")
    current = sa.column("current", sa.Boolean).is_(sa.true())
    op.create_index("ix_reading_queue", "reading", COLUMNS, sqlite_where=current, postgresql_where=current)


def downgrade() -> None:
    """Back to one index on `current`."""
    op.drop_index("ix_reading_queue", table_name="reading")
    op.create_index("ix_reading_current", "reading", ["current"])
