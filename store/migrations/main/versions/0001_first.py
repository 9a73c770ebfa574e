"""The first schema of the main database, and the guards of the audit chain.

The tables are frozen by their definition at this revision; later revisions alter them step by step.
"""

from alembic import op

from store import tables

revision = "0001"
down_revision = None

_SQLITE = """
CREATE TRIGGER audit_event_no_{verb} BEFORE {verb} ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END
"""
_POSTGRES = """
CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit chain is append-only'; END $$;
CREATE TRIGGER audit_event_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse();
"""


def upgrade() -> None:
    """Create every table and the triggers that keep the audit chain append-only."""
    bind = op.get_bind()
    tables.main.create_all(bind)
    if bind.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(verb=verb))
    else:
        op.execute(_POSTGRES)
