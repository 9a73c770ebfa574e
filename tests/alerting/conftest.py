"""Fixtures of the alert tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certificates import self_signed


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away certificate for 127.0.0.1 with its key in one PEM file."""
    file = tmp_path_factory.mktemp("tls") / "relay.pem"
    file.write_bytes(b"".join(self_signed("127.0.0.1")))
    return file
