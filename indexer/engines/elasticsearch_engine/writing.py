"""Writes one batch by the bulk interface; the server itself refuses what is older than it has."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from chyrak.errors import AskOperator, RetryLater
from indexer.documents import Removal
from indexer.engines.base import Change
from indexer.engines.batches import newest
from indexer.engines.elasticsearch_engine.faults import FULL, PASSING
from indexer.engines.elasticsearch_engine.schema import to_source
from indexer.requests import Applied

_CHUNK = 500
_CHUNK_BYTES = 8_000_000
_RETRIES = 4
_SENDERS = 2
_ANSWERED = ("errors", "items.*._id", "items.*.status", "items.*.error")
"""What of an answer is looked at: an answer for each advert is long otherwise."""


def write(client: Elasticsearch, index: str, batch: Sequence[Change]) -> Applied:
    """Applies the batch. Raises RetryLater when the server took only part of it: apply the batch again.

    What is to be sent is made in this thread while others wait for the server's answers to what is ready.
    """
    chosen, old = newest(batch, {})
    failed: list[tuple[str, str]] = []
    sent: list[Future[list[tuple[str, int, str]]]] = []
    with ThreadPoolExecutor(_SENDERS, "bulk") as senders:
        for start in range(0, len(chosen), _CHUNK):
            actions: list[dict[str, Any]] = []
            for change in chosen[start : start + _CHUNK]:
                try:
                    actions.append(_action(index, change))
                except (ValueError, TypeError, OverflowError) as fault:
                    failed.append((change.id, f"{type(fault).__name__}: {fault}"))
            sent.append(senders.submit(_sent, client, actions))
    answers = [answer for part in sent for answer in part.result()]
    _refuse_systemic(index, answers)
    ok: list[str] = []
    stale = list(old)
    for document_id, status, problem in answers:
        if status == 409:
            stale.append(document_id)
        elif problem:
            failed.append((document_id, problem))
        else:
            ok.append(document_id)
    return Applied(tuple(ok), tuple(dict.fromkeys(stale)), tuple(failed))


def _refuse_systemic(index: str, answers: Sequence[tuple[str, int, str]]) -> None:
    """Raises for what is not the fault of single documents: setting those aside would lose them one by one."""
    for _, status, problem in answers:
        if "flood-stage" in problem:
            raise RetryLater(f"{index}: {FULL}")
        if status in PASSING or status == 0:
            raise RetryLater(f"{index}: the search server took only part of a batch: {problem}. It will be sent again.")
        if status in (401, 403):
            why = "refuses this user" if "security_exception" in problem else "takes no writes"
            raise AskOperator(
                f"{index}: the search server {why}: {problem}. Lift the block on the index, or check the "
                "rights of the user named in index.url. What is to be written waits in the store."
            )
        if status == 404 and problem:
            raise AskOperator(f"{index}: the index is gone: {problem}. Run `chyrak reindex`.")
    if len(answers) > 1 and all(status == 400 for _, status, _ in answers):
        raise AskOperator(
            f"{index}: the index takes no document of this version of Chyrak: {answers[0][2]}. Someone has changed its "
            "mapping: run `chyrak reindex`, which makes a new index beside it."
        )


def _action(index: str, change: Change) -> dict[str, Any]:
    # external_gte: an older version is refused, the same one is written again.
    common = {"_index": index, "_id": change.id, "version": change.version, "version_type": "external_gte"}
    if isinstance(change, Removal):
        return {"_op_type": "delete", **common}
    return {"_op_type": "index", **common, "_source": to_source(change)}


def _sent(client: Elasticsearch, actions: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """Id, status and what was wrong with it, of each action in order; status 0 when the server was away."""
    answers = streaming_bulk(
        client,
        actions,
        chunk_size=_CHUNK,
        max_chunk_bytes=_CHUNK_BYTES,
        raise_on_error=False,
        raise_on_exception=False,
        max_retries=_RETRIES,
        initial_backoff=0.5,
        max_backoff=8,
        retry_on_status=PASSING,
        filter_path=_ANSWERED,
    )
    found: list[tuple[str, int, str]] = []
    for taken, answer in answers:
        [(operation, item)] = answer.items()
        status = int(item.get("status") or 0)
        gone = operation == "delete" and status == 404  # nothing to delete is as good as deleted
        found.append((str(item["_id"]), 200 if gone else status, "" if taken or gone else _problem(item)))
    return found


def _problem(item: dict[str, Any]) -> str:
    error = item.get("error") or item.get("exception") or item
    if isinstance(error, dict):
        cause = error.get("caused_by") or {}
        return f"{error.get('type')}: {error.get('reason')} {cause.get('reason', '')}".strip()[:500]
    return str(error)[:500]
