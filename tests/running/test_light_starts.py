"""A process imports what its work needs and no more: each start costs what it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("work", "unneeded"),
    [
        ("import indexer; indexer.open_engine('tantivy://{folder}/index')", "elasticsearch"),
        ("import review; review.load_policy", "flask"),
        ("import nlp; next(nlp.read(nlp.load_reader(), [nlp.text_posting('t', 'Требуются швеи')]))", "spacy"),
        ("import runtime.cli", "sqlalchemy"),
    ],
)
def test_what_is_not_needed_is_not_imported(work: str, unneeded: str, tmp_path: Path) -> None:
    program = f"import sys; {work.format(folder=tmp_path)}; print({unneeded!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
