"""The deployment's secrets: one file each in `keys/`, made at the first start, readable by the owner only."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chyrak.errors import AskOperator

_NAMES = ("contact-link", "contact-cipher", "web-session", "password")
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """`link` keys the HMAC of contacts, `cipher` their encryption, `session` signs cookies, `password` peppers."""

    link: bytes
    cipher: bytes
    session: bytes
    password: bytes

    def __repr__(self) -> str:
        return "Keys(...)"


def load_keys(home: Path) -> Keys:
    """The keys of this home; a missing one is made, whole or not at all.

    Raises AskOperator for a key file that cannot be read or is too short: contacts sealed with the lost key could
    never be opened again, so no new one is made in its place.
    """
    return Keys(*(_derive(_read(home / "keys" / f"{name}.key"), name) for name in _NAMES))


def _read(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as fault:
        raise AskOperator(f"{path}: is no readable key: {fault}. Restore it from your backup of keys/.") from fault
    if len(key) < _BYTES:
        raise AskOperator(f"{path}: {len(key)} bytes, {_BYTES} are needed. Restore it from your backup of keys/.")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # the first of two processes wins, the other one reads its key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _derive(key: bytes, name: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=f"chyrak {name}".encode()).derive(key)
