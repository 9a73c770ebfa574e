"""The URL of an Elasticsearch engine: where it is, how it is trusted, which names it uses there.

    elasticsearch+http://127.0.0.1:9200/chyrak                   no encryption, this machine only
    elasticsearch+https://search.example:9200/chyrak?ca=/etc/chyrak/ca.pem&api_key_file=/etc/chyrak/search.key

Options: `ca` (file of the authority), `fingerprint` (of the server's certificate), `api_key_file`, or `user` and
`password_file`; `verify=no` takes any certificate, on this machine only.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from elasticsearch import Elasticsearch

from chyrak.errors import AskOperator

SCHEMES = ("elasticsearch+http", "elasticsearch+https")
_OPTIONS = ("ca", "fingerprint", "api_key_file", "user", "password_file", "verify")
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is and what this installation's indices and aliases begin with there."""

    server: str
    prefix: str
    options: dict[str, Any] = field(repr=False)

    def connect(self) -> Elasticsearch:
        """A client; it speaks to the server at the first call. Trying again is the caller's business (RetryLater)."""
        return Elasticsearch(self.server, request_timeout=_SECONDS, max_retries=0, **self.options)


def read_address(url: str) -> Address:
    """The address in `url`. Raises AskOperator for what would be unsafe or cannot be understood."""
    parts = urlsplit(url)
    try:
        port = parts.port or 9200
    except ValueError as fault:
        raise _refused(url, "the port is no number") from fault
    host = parts.hostname or ""
    if parts.scheme not in SCHEMES or not host:
        raise _refused(url, "write elasticsearch+https://host:port/prefix")
    if parts.username or parts.password:
        raise _refused(url.replace(parts.netloc, parts.netloc.rpartition("@")[2]), "secrets do not belong into a URL")
    prefix = parts.path.strip("/") or "chyrak"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", prefix):
        raise _refused(url, f"{prefix!r} is no prefix: use small Latin letters, digits, - and _")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(given) - set(_OPTIONS))
    if unknown:
        raise _refused(url, f"unknown option {unknown[0]!r}; known: {', '.join(_OPTIONS)}")
    encrypted = parts.scheme.endswith("https")
    if not encrypted and not _is_here(host):
        raise _refused(url, "a server elsewhere must be reached by elasticsearch+https")
    options = _trust(url, given, encrypted=encrypted, here=_is_here(host)) | _credentials(url, given)
    name = f"[{host}]" if ":" in host else host
    return Address(f"{'https' if encrypted else 'http'}://{name}:{port}", prefix, options)


def _trust(url: str, given: dict[str, str], *, encrypted: bool, here: bool) -> dict[str, Any]:
    if not encrypted:
        return {}
    if given.get("verify", "yes") not in ("yes", "no"):
        raise _refused(url, "verify is yes or no")
    if given.get("verify") == "no":
        if not here:
            raise _refused(url, "verify=no is for this machine only; give ca or fingerprint instead")
        return {"verify_certs": False, "ssl_show_warn": False}
    if "fingerprint" in given:
        return {"ssl_assert_fingerprint": given["fingerprint"]}
    if "ca" in given:
        if not Path(given["ca"]).is_file():
            raise _refused(url, f"there is no file {given['ca']!r}")
        return {"ca_certs": given["ca"]}
    return {}


def _credentials(url: str, given: dict[str, str]) -> dict[str, Any]:
    if "api_key_file" in given:
        return {"api_key": _secret(url, given["api_key_file"])}
    if ("user" in given) != ("password_file" in given):
        raise _refused(url, "user and password_file belong together")
    if "user" in given:
        return {"basic_auth": (given["user"], _secret(url, given["password_file"]))}
    return {}


def _secret(url: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise _refused(url, f"{path}: cannot be read") from fault


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(url: str, why: str) -> AskOperator:
    return AskOperator(f"index.url {url!r}: {why}.")
