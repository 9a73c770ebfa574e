"""A real Elasticsearch with TLS, passwords and the roles of roles.yml, as a careful operator sets it up."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.certificates import self_signed

ROLES = Path(__file__).parents[2] / "indexer/engines/elasticsearch_engine/roles.yml"
_ROLE_OF = {"reader": "chyrak_reader", "writer": "chyrak_writer", "keeper": "chyrak_keeper", "anyone": "superuser"}
_OPTIONS = (
    "xpack.security.enabled=true",
    "xpack.security.http.ssl.enabled=true",
    "xpack.security.http.ssl.key=certs/k.pem",
    "xpack.security.http.ssl.certificate=certs/c.pem",
)


@contextmanager
def guarded(servers: Any, version: str, folder: Path, secrets: Path) -> Iterator[Callable[[str, str], str]]:
    """Gives the URL of an index by user and prefix: `reader`, `writer` and `keeper` have only the rights of their role
    under the prefix `chyrak`, `anyone` has all. `secrets` will hold their passwords. Raises Missing."""
    conf = folder / "config"
    shutil.copytree(servers.fetched(version) / "config", conf)
    shutil.copy(ROLES, conf / "roles.yml")
    (conf / "certs").mkdir()
    certificate, key = self_signed("127.0.0.1", "localhost")
    (conf / "certs" / "c.pem").write_bytes(certificate)
    (conf / "certs" / "k.pem").write_bytes(key)
    (secrets / "ca.pem").write_bytes(certificate)
    for user in _ROLE_OF:
        (secrets / user).write_text(f"password-of-{user}")
    # The server's own program would write the same, and start a Java for each user.
    (conf / "users").write_text("".join(f"{user}:{_hashed(f'password-of-{user}')}\n" for user in _ROLE_OF))
    (conf / "users_roles").write_text("".join(f"{role}:{user}\n" for user, role in _ROLE_OF.items()))
    with servers.running(version, folder, _OPTIONS, scheme="https", java_options=servers.SHORT_LIVED) as at:

        def url(user: str, prefix: str) -> str:
            options = f"ca={secrets / 'ca.pem'}&user={user}&password_file={secrets / user}"
            return f"elasticsearch+https://{at}/{prefix}?{options}"

        yield url


def _hashed(password: str) -> str:
    salt, rounds = os.urandom(32), 10_000
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, 32)
    return f"{{PBKDF2}}{rounds}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
