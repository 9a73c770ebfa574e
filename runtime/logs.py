"""Structured logs without personal data: one JSON object a line in `log/<part>.log`, a short line on screen."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

_MOST_BYTES = 10_000_000
_KEPT_FILES = 5
# Seven digits or more with the separators people put between them: a phone, whatever the country.
_PHONE = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){6,}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_HANDLE = re.compile(r"(?<![\w@])@\w{4,}")
# Digits that are ours: counts, times and identifiers stand in fields of their own.
_PLAIN_FIELDS = frozenset({"timestamp", "level", "posting", "run", "match", "pid", "part", "seconds", "count"})


def redact(text: str) -> str:
    """The text with phones, mail addresses and handles replaced (ETH-06: no contact in logs)."""
    text = _ADDRESS.sub("[address]", text)
    text = _PHONE.sub("[number]", text)
    return _HANDLE.sub("[handle]", text)


def set_up_logs(home: Path, part: str, level: str = "info", *, screen: bool = False) -> None:
    """Send this process's logs to `home/log/<part>.log`, and to standard error when `screen` is set."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Else a logger that has spoken keeps the set-up of that day, and what is set up later never reaches it.
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            handler.close()
    root.setLevel(level.upper())
    file = logging.handlers.RotatingFileHandler(
        home / "log" / f"{part}.log", maxBytes=_MOST_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
    )
    file.setFormatter(_formatter(shared, structlog.processors.JSONRenderer(ensure_ascii=False)))
    root.addHandler(file)
    if screen:
        stream = logging.StreamHandler(sys.stderr)
        stream.setFormatter(_formatter(shared, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())))
        stream.setLevel("WARNING")
        root.addHandler(stream)
    structlog.contextvars.bind_contextvars(part=part)
    for noisy in ("waitress.queue", "apscheduler.executors.default", "apscheduler.scheduler", "mail.log"):
        logging.getLogger(noisy).setLevel("ERROR")


def _formatter(shared: list[Any], renderer: Any) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in _PLAIN_FIELDS and not key.startswith("_"):
            event[key] = redact(value)
    return event
