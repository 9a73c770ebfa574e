"""What tantivy throws, in the words of Chyrak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chyrak.errors import AskOperator, ChyrakError, RetryLater

_FULL = ("os error 28", "os error 27", "No space left", "File too large", "Disk quota")
_CLOSED = ("os error 13", "os error 30", "Permission denied", "Read-only file system", "readonly database")


def is_panic(fault: BaseException) -> bool:
    """Whether the Rust side gave up; such a fault is no Exception and would pass every handler unseen."""
    return type(fault).__name__ == "PanicException"


def is_closed(fault: BaseException) -> bool:
    """Whether the files may not be written by this user, which even a reader must do: it takes a lock."""
    return any(sign in str(fault) for sign in _CLOSED)


def closed(folder: Path, fault: BaseException) -> str:
    """What to say then."""
    return (
        f"{folder}: the search index cannot be written: {str(fault)[:200]}. Check who owns the folder and whether its "
        "disk is mounted for reading only. What is to be written waits in the store."
    )


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
        if any(sign in str(fault) for sign in _FULL):
            raise RetryLater(
                f"{folder}: the disk is full: {str(fault)[:200]}. Free some space; what is to be written waits in the "
                "store and nothing is lost."
            ) from fault
        if is_closed(fault):
            raise AskOperator(closed(folder, fault)) from fault
        if isinstance(fault, ValueError | OSError) or is_panic(fault):
            raise AskOperator(
                f"{folder}: the search index failed: {str(fault)[:300]}. Check the free space; "
                "if it stays, run `chyrak reindex`."
            ) from fault
        raise
