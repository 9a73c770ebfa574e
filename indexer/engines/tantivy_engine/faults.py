"""What tantivy throws, in the words of Chyrak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chyrak.errors import AskOperator, ChyrakError, RetryLater


def is_panic(fault: BaseException) -> bool:
    """Whether the Rust side gave up; such a fault is no Exception and would pass every handler unseen."""
    return type(fault).__name__ == "PanicException"


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """RetryLater while another process writes, AskOperator for anything else tantivy cannot do."""
    try:
        yield
    except ChyrakError:
        raise
    except BaseException as fault:
        if "LockBusy" in str(fault):
            raise RetryLater(
                f"{folder}: another process is writing the search index. Only one may: wait until it ends, "
                "or stop the other `chyrak run` or `chyrak work`."
            ) from None
        if isinstance(fault, ValueError | OSError) or is_panic(fault):
            raise AskOperator(
                f"{folder}: the search index failed: {str(fault)[:300]}. Check the free space; "
                "if it stays, run `chyrak reindex`."
            ) from fault
        raise
