"""Retries of failed operations: they wait for the next attempt, or are given up and kept.

An outage must not lose an accepted conversation, however long it lasts. Temporary failures are retried for a day,
counted from the request, with growing pauses. The operation waits in the store, not in a thread. An operation that is
given up keeps its request for as long as operations are kept, so that it can be retried later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from memorybank.bank import operations, payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.operation_tasks import TASK_FIELDS, enqueue_or_leave, task_of
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition, MemoryBankError
from memorybank.ports.documents import Data, Delete, Document, Patch, Write
from memorybank.resources.names import EngineName
from memorybank.resources.operation import Operation
from memorybank.retrying import decision_of

RETRY_FOR = timedelta(days=1)
"""How long after the request work is retried that fails for temporary reasons."""

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)
_LONGEST_ASKED = timedelta(hours=1)
"""The longest pause that a remote service may ask for: a quota exhausted for a day may be raised sooner."""

_MAX_DOUBLINGS = 20
_LONGEST_REASON = 300
_CHUNK = 200
_CONTENT = (
    "stage",
    "request",
    "parts",
    "parts_name",
    "chunks",
    "facts",
    "options",
    "spilled",
    "left",
    "changes",
    "looking",
)
"""The fields of an operation that a retry needs, or an undo of what it has already done."""


def put_off(ports: Ports, path: str, error: Exception) -> bool:
    """Schedule a retry of the operation at `path`, as its error asks; tell whether it is taken care of.

    False means that the operation has been retried for long enough. Errors of the store and the queue are passed on.
    """
    document = ports.store.get(path)
    if document is None or document.data["done"]:
        return True
    now, data = ports.clock.now(), document.data
    if now - (data.get("retried_since") or data["create_time"]) >= RETRY_FOR:
        return False
    tries = (data.get("tries") or 0) + 1
    moment = now + max(_pause(tries), min(timedelta(seconds=decision_of(error).after), _LONGEST_ASKED))
    reason = f"{error.status}: {error.message}"[:_LONGEST_REASON] if isinstance(error, MemoryBankError) else "INTERNAL"
    waiting = {
        "tries": tries,
        "next_try": moment,
        "waiting_for": reason,
        "stalled_at": moment + operations.STALLED_AFTER,
        "update_time": now,
    }
    # First the store, then the queue: if enqueueing fails, the sweep enqueues the operation later.
    ports.store.commit([Patch(path, waiting, version=document.version)])
    ports.queue.enqueue(task_of(document, "try", tries, int(moment.timestamp()), run_at=moment))
    return True


def give_up(ports: Ports, path: str, error: MemoryBankError) -> None:
    """End the operation at `path` with an error, and keep the fields for a retry for as long as operations are kept.

    The event ids of its stream are forgotten, so that the events may be sent again.
    """

    def attempt() -> None:
        document = ports.store.get(path)
        if document is None or document.data["done"]:
            return
        outcome = operations.Outcome(error=error).data(ports)
        kept = {field: document.data.get(field) for field in _CONTENT}
        can_be_retried = any(kept[field] for field in ("request", "parts", "facts", "spilled", "looking"))
        given_up = Patch(path, outcome | kept | {"retryable": can_be_retried}, version=document.version)
        writes: list[Write] = [given_up, *payloads.left_over(ports, document)]
        if not can_be_retried:
            writes += payloads.removals(document)
        seen = [Delete(f"{document.data['stream']}/{path}") for path in document.data.get("seen") or []]
        ports.store.commit([*writes, *seen[:_CHUNK]])
        for start in range(_CHUNK, len(seen), _CHUNK):
            ports.store.commit(seen[start : start + _CHUNK])

    retry_on_conflict(attempt)


def retry(ports: Ports, engine: EngineName, identifier: str, *, parent: str) -> Operation:
    """Restart a failed operation from its last checkpoint, and return it.

    Raises `NotFound`, or `FailedPrecondition` if it has not failed or its request is no longer stored.
    """

    def attempt() -> Document:
        also = (*_CONTENT, *TASK_FIELDS)
        document = operations.load(ports, engine, identifier, parent=parent, also=also)
        data = document.data
        if not data["done"] or data.get("error") is None:
            raise FailedPrecondition("only an operation that has failed can be retried")
        if not data.get("retryable"):
            raise FailedPrecondition("the operation's request is no longer stored: send it again")
        now = ports.clock.now()
        changes = _begun_anew(data, now)
        [version] = ports.store.commit([Patch(document.path, changes, version=document.version)])
        return Document(document.path, data | changes, version)

    document = retry_on_conflict(attempt)
    moment = int(ports.clock.now().timestamp() * 1_000_000)
    enqueue_or_leave(ports, task_of(document, "retry", moment))
    return operations.operation_of(document)


def _begun_anew(data: Data, now: datetime) -> dict[str, Any]:
    return {
        "done": False,
        "error": None,
        "retryable": False,
        "retried_since": now,
        "tries": 0,
        "next_try": None,
        "waiting_for": None,
        "usage": None,
        "seconds": None,
        "stalled_at": now + operations.STALLED_AFTER,
        "update_time": now,
        # Facts that are already extracted wait for their scope again.
        "waiting_scope": data["scope_key"] if data.get("stage") == "extracted" else None,
    }


def _pause(tries: int) -> timedelta:
    doubled: timedelta = _FIRST_PAUSE * (1 << min(tries - 1, _MAX_DOUBLINGS))
    return min(_LONGEST_PAUSE, doubled)
