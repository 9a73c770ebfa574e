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
    """`link` keys the HMAC of contacts, `cipher` their encryption, `session` signs cookies, `password` peppers.

    `cipher` holds a key a line of its file: the first one seals, all of them open.
    """

    link: bytes
    cipher: tuple[bytes, ...]
    session: bytes
    password: bytes

    def __repr__(self) -> str:
        return "Keys(...)"


def load_keys(home: Path) -> Keys:
    """The keys of this home; a missing one is made, whole or not at all.

    Raises AskOperator for a key file that others may read, that cannot be read or is too short: contacts sealed with
    a lost key could never be opened again, so no new one is made in its place.
    """
    link, cipher, session, password = (_read(home / "keys" / f"{name}.key", name) for name in _NAMES)
    return Keys(link[0], cipher, session[0], password[0])


def add_cipher_key(home: Path) -> None:
    """Put a new key before the others in contact-cipher.key; `Vault.rotate` then seals the contacts with it."""
    path = home / "keys" / "contact-cipher.key"
    _read(path, path.stem)
    draft = _draft(path, secrets.token_hex(_BYTES) + "\n" + path.read_text(encoding="ascii"))
    draft.replace(path)


def _read(path: Path, name: str) -> tuple[bytes, ...]:
    if not path.exists():
        _make(path)
    try:
        mode = path.stat().st_mode & 0o077
        keys = [bytes.fromhex(line) for line in path.read_text(encoding="ascii").split()]
    except (OSError, ValueError) as fault:
        raise AskOperator(f"{path}: is no readable key: {fault}. Restore it from your backup of keys/.") from fault
    if mode:
        raise AskOperator(f"{path}: others on this machine may read it. Run: chmod 600 {path}")
    if not keys or min(map(len, keys)) < _BYTES:
        raise AskOperator(f"{path}: holds no key of {_BYTES} bytes. Restore it from your backup of keys/.")
    return tuple(_derive(key, name) for key in keys)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, secrets.token_hex(_BYTES) + "\n")
    try:
        os.link(draft, path)  # the first of two processes wins, the other one reads its key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(path: Path, text: str) -> Path:
    draft = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _derive(key: bytes, name: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=f"chyrak {name}".encode()).derive(key)
