"""What the server and its client throw, in the words of Chyrak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import TlsError
from elasticsearch import ApiError, TransportError, UnsupportedProductError

from chyrak.errors import AskOperator, RetryLater

PASSING = (429, 502, 503, 504)
"""Statuses after which the same request may succeed later."""


FULL = (
    "the search server's disk is nearly full and it has stopped writing. Free some space there or add to it; it takes "
    "writes again by itself, and nothing is lost: the store has it all."
)


@contextmanager
def explained(server: str) -> Iterator[None]:
    """RetryLater while the server is away or busy, AskOperator for what a person must mend."""
    try:
        yield
    except TlsError as fault:
        raise AskOperator(
            f"{server}: its certificate is not trusted: {fault.message}. Name its authority by ?ca=/path/ca.pem "
            "or its certificate by ?fingerprint= in index.url."
        ) from fault
    except UnsupportedProductError as fault:
        raise AskOperator(
            f"{server}: whatever answers there is no Elasticsearch. Check host and port in index.url."
        ) from fault
    except ApiError as fault:
        status = fault.meta.status
        if "flood-stage" in reason(fault):
            raise RetryLater(f"{server}: {FULL}") from fault
        if status in PASSING:
            raise RetryLater(f"{server}: the search server is busy (status {status}): {reason(fault)}.") from fault
        if status in (401, 403):
            raise AskOperator(
                f"{server}: the search server refuses this user (status {status}): {reason(fault)}. Check the rights "
                "of the user named in index.url; an API key may have expired: make a new one and put it in its file."
            ) from fault
        raise AskOperator(
            f"{server}: the search server answered {status}: {reason(fault)}. "
            "If the index is missing or of another version, run `chyrak reindex`."
        ) from fault
    except TransportError as fault:
        raise RetryLater(
            f"{server}: the search server cannot be reached: {str(fault.message)[:200]}. Is it running, and are host, "
            "port and http or https right in index.url? Work waits until it answers."
        ) from fault


def reason(fault: ApiError) -> str:
    """What the server says was wrong, in one line."""
    body = fault.body if isinstance(fault.body, dict) else {}
    error = body.get("error", body)
    if isinstance(error, dict):
        causes = error.get("root_cause") or [error]
        return str(causes[0].get("reason") or error.get("reason") or error.get("type") or fault.message)[:300]
    return str(error or fault.message)[:300]
