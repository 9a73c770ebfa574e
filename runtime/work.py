"""A worker: drains the stages in order, for ever or once, and rests when there is nothing to do."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence

import structlog

from chyrak.errors import AskOperator, RetryLater
from runtime import stages
from runtime.context import Context

REST_SECONDS = 1.0
TROUBLE_SECONDS = 10.0

log = structlog.get_logger(__name__)


def work_for_ever(context: Context, names: Sequence[str]) -> None:
    """Drain until TERM or Ctrl-C; trouble in one stage is logged and does not stop the others."""
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    while not ending.is_set():
        worked = 0
        for name in names:
            if ending.is_set():
                return
            try:
                worked += stages.stage(name)(context, stages.BATCH)
            except (RetryLater, AskOperator) as fault:
                log.error("stage in trouble; its work waits", stage=name, fault=str(fault))
                ending.wait(TROUBLE_SECONDS)
        if not worked:
            ending.wait(REST_SECONDS)
