"""Drafts the migration that leads from the last one to `store/tables.py` as it is now, for a person to read and mend.

`python -m store.migrations.draft main "keep the advert's price"`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from store.database import make_engine
from store.migrate import FOLDER, configure, migrate, newest


def draft(history: str, message: str) -> Path:
    """Write the next migration file of a history and return its path."""
    from alembic import command

    made = sorted((FOLDER / history / "versions").glob("[0-9]*_*.py"))
    number = int(newest(history)) + 1 if made else 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        if made:
            migrate(url, history)
        engine = make_engine(url).execution_options(chyrak_writes=True)
        try:
            with engine.begin() as connection:
                config = configure(history, connection)
                config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
                command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        finally:
            engine.dispose()
    return max((FOLDER / history / "versions").glob("[0-9]*_*.py"))


if __name__ == "__main__":
    sys.stdout.write(f"{draft(sys.argv[1], sys.argv[2])}\n")
