"""Everything a run imports, imported: by the process that runs are forked from, see `runtime/nursery.py`.

Scrapy loads its components by name when a crawl begins, those that are switched off too; their imports take ten
times as long as a run that finds nothing new. Twisted's reactor must not be among them: it belongs to one process.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

from scrapy.settings import Settings
from scrapy.utils.misc import load_object, walk_modules_iter

from chyrak.lasting import lasting
from crawlers import settings as ours

_NAMED_IN = (
    "DOWNLOADER",
    "DUPEFILTER_CLASS",
    "LOG_FORMATTER",
    "ROBOTSTXT_PARSER",
    "SCHEDULER",
    "SCHEDULER_MEMORY_QUEUE",
    "SCHEDULER_PRIORITY_QUEUE",
    "STATS_CLASS",
)
_AT_USE = ("scrapy.cmdline", "crawlers.verdict", "sqlalchemy.dialects.sqlite", "encodings.idna", "encodings.charmap")
"""What else is imported when first needed: a host's name, a page in an old encoding."""


def _preload() -> None:
    found = Settings()
    found.setmodule(ours)
    for name in found:
        value = found[name]
        if name.endswith("_BASE") and isinstance(value, Mapping):
            for part in (*value, *value.values()):
                if isinstance(part, str) and "." in part:
                    load_object(part)
    for name in _NAMED_IN:
        load_object(found[name])
    for package in ("scrapy.commands", *ours.SPIDER_MODULES, "crawlers.politeness"):
        list(walk_modules_iter(package))
    for module in _AT_USE:
        import_module(module)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a module that crawls need installs Twisted's reactor when it is imported")
    lasting(None)


_preload()
