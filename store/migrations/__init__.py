"""Alembic migrations, one history a database."""
