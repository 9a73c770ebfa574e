"""What every page works with, opened once by `create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import cast

from flask import current_app

import indexer
from chyrak.settings import Settings
from indexer import Engine
from review.policy import Policy
from store import Store
from store.vault import Vault


@dataclass
class Office:
    """The opened parts. `now` is the clock, so that a test can set it."""

    settings: Settings
    store: Store
    vault: Vault
    policy: Policy
    now: Callable[[], datetime]
    given_engine: Engine | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def engine(self) -> Engine:
        """The search engine, opened by the first search. RetryLater or AskOperator when it cannot be."""
        with self._lock:
            if self.given_engine is None:
                self.given_engine = indexer.open_engine(self.settings.index_url)
            return self.given_engine


def office() -> Office:
    """The office of the app that answers this request."""
    return cast(Office, current_app.extensions["chyrak"])
