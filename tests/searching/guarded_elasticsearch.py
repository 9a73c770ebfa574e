"""A real Elasticsearch with TLS, passwords and the roles of roles.yml, as a careful operator sets it up."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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
    _certificate(conf / "certs")
    shutil.copy(conf / "certs" / "c.pem", secrets / "ca.pem")
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


def _certificate(folder: Path) -> None:
    """A certificate for this machine that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "k.pem").write_bytes(encoded)
