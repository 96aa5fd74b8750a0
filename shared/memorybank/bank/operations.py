"""Long-running operations: their documents, and get, list, delete, cancel and wait."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from memorybank.bank import payloads
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.listing import LARGE_AT_ONCE, Accept, Cursor, Room, page_of
from memorybank.bank.packing import changes_in, response_in, stored_response
from memorybank.bank.payloads import OPERATION_LIFE
from memorybank.bank.ports import Ports
from memorybank.errors import Cancelled, FailedPrecondition, MemoryBankError, NotFound
from memorybank.models import usage
from memorybank.ports.documents import Create, Data, Delete, Document, Order, Patch, Query, Where, Write
from memorybank.ports.tasks import StoredQueue
from memorybank.resources.names import EngineName
from memorybank.resources.operation import Operation, Waiting
from memorybank.resources.operation_kinds import OperationKind, kind_of
from memorybank.resources.scopes import scope_key

_FIELDS = (
    *(
        "name",
        "kind",
        "create_time",
        "update_time",
        "expire_time",
        "done",
        "response",
        "error",
        "parts",
        "usage",
        "seconds",
        "left_out",
        "scope",
    ),
    *("tries", "next_try", "waiting_for", "retryable", "spilled", "parts_name"),
)
STATE_FIELDS = tuple(name for name in _FIELDS if name not in ("response", "parts", "spilled"))
"""The fields that say how an operation stands that is not done."""

_LONGEST_WAIT = timedelta(seconds=30)
_AT_WORK = timedelta(seconds=1)
"""How long a call waits for work in this process without looking: somebody may cancel the operation meanwhile."""

STALLED_AFTER = timedelta(minutes=10)
"""How long after its last step an operation counts as stalled."""


def operation_of(document: Document) -> Operation:
    """Read a stored operation."""
    data = document.data
    return Operation(
        name=data["name"],
        kind=data["kind"],
        create_time=data["create_time"],
        update_time=data["update_time"],
        done=data["done"],
        # This also applies on reading, because earlier versions stored all of it.
        response=None if data.get("response") is None else _kept(kind_of(data["kind"]), response_in(data["response"])),
        error=data.get("error"),
        usage=data.get("usage"),
        seconds=data.get("seconds"),
        left_out=data.get("left_out") or (),
        waiting=_waiting(data),
        retryable=bool(data.get("retryable")),
        scope=data.get("scope"),
    )


def _waiting(data: Data) -> Waiting | None:
    if data["done"] or data.get("next_try") is None:
        return None
    return Waiting(data["tries"], data["next_try"], data["waiting_for"])


def cost() -> Data:
    """Return the fields with the model usage and the times of the current work, including earlier attempts."""
    meter, seconds = usage.current(), usage.seconds()
    billed = {} if meter is None else {"usage": meter.summary()}
    return billed | ({"seconds": seconds} if seconds else {})


def start(
    ports: Ports,
    kind: OperationKind,
    *,
    parent: str,
    scope: Mapping[str, str] | None = None,
    identifier: str | None = None,
) -> tuple[str, Data]:
    """Return the id and the document of a new operation under the resource named `parent`.

    `scope` is the scope of its memories and determines who may see it; None if it concerns an engine. The id is new
    unless it is given.
    """
    now, identifier = ports.clock.now(), identifier or ports.ids.new()
    return identifier, {
        "operation_id": identifier,
        "name": f"{parent}/operations/{identifier}",
        "parent": parent,
        "kind": kind.name,
        "scope": None if scope is None else dict(scope),
        "scope_key": None if scope is None else scope_key(scope),
        "done": False,
        "create_time": now,
        "update_time": now,
        "expire_time": now + OPERATION_LIFE,
        "stalled_at": now + STALLED_AFTER,
    }


def finished(
    ports: Ports,
    engine: EngineName,
    kind: OperationKind,
    *,
    parent: str,
    response: Mapping[str, Any] | None = None,
    scope: Mapping[str, str] | None = None,
) -> tuple[Operation, Write]:
    """Return an operation that is already done, and the write that belongs in the same commit as its work.

    `scope` is that of the memory that it concerns.
    """
    identifier, data = start(ports, kind, parent=parent, scope=scope)
    answer = dict(response or {})
    data |= {"done": True, "response": stored_response(_kept(kind, answer)), "stalled_at": None}
    write = Create(engine.child("operations", identifier), data)
    return replace(operation_of(Document(write.path, data, None)), response=answer), write


def _kept(kind: OperationKind, response: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a response that is stored: nothing that may have to be deleted before the operation."""
    return {"name": response.get("name")} if kind.answers_resource else response


@dataclass(frozen=True)
class Outcome:
    """The outcome of an operation: a response, or an error.

    `changes` are its changes to memories, as far as an undo needs them.
    """

    response: dict[str, Any] | None = None
    error: MemoryBankError | None = None
    changes: Sequence[Data] | bytes | None = None

    def data(self, ports: Ports) -> Data:
        """Return the fields that finish an operation; its request and checkpoints, and so all content, are removed.

        Beside an error, what it had reported until then stays, such as how many records of an import were created.
        """
        now = ports.clock.now()
        response = {} if self.response is None else {"response": stored_response(self.response)}
        return {
            **response,
            "done": True,
            "stage": None,
            "waiting_scope": None,
            "request": None,
            "chunks": None,
            "facts": None,
            "options": None,
            "spilled": None,
            "digest": None,
            "left": None,
            "looking": None,
            "erased": None,
            "storing": None,
            "stalled_at": None,
            "seen": None,
            "next_try": None,
            "waiting_for": None,
            "retryable": False,
            "changes": self.changes,
            "error": None if self.error is None else _status(self.error),
            "update_time": now,
            "expire_time": now + OPERATION_LIFE,
        }


def _status(error: MemoryBankError) -> Data:
    """Return an error as a google.rpc.Status; without `details` if there are none."""
    details = error.details()
    return {"code": error.code, "message": error.message, **({"details": details} if details else {})}


def require_exists(ports: Ports, path: str) -> Write:
    """Return a write that fails unless the operation at a document path still exists."""
    return Patch(path, {"update_time": ports.clock.now()})


def get(ports: Ports, engine: EngineName, identifier: str, *, parent: str) -> Operation:
    """Return the operation with this id under the resource named `parent`."""
    return operation_of(load(ports, engine, identifier, parent=parent))


def list_page(
    ports: Ports,
    engine: EngineName,
    *,
    parent: str | None,
    accept: Accept | None = None,
    limit: int,
    after: Cursor | None,
    room: Room | None = None,
) -> tuple[list[Operation], Cursor | None]:
    """Return a page of the operations directly under the resource named `parent`, newest first, and the cursor.

    None means all operations of the engine, regardless of their parents. Pages with the same `room` share its bytes.
    """
    now = ports.clock.now()
    query = Query(
        collection=f"{engine.path}/operations",
        where=() if parent is None else (Where("parent", "==", parent),),
        order=(Order("create_time", descending=True),),
        after=after,
        fields=_FIELDS,
    )

    def read(document: Document) -> Operation | None:
        operation = operation_of(document)
        seen = document.data["expire_time"] > now and (accept is None or accept(operation.to_data()))
        return operation if seen else None

    return page_of(ports.store, query, limit=limit, read=read, at_once=LARGE_AT_ONCE, room=room)


def delete(ports: Ports, engine: EngineName, identifier: str, *, parent: str) -> None:
    """Delete an operation that is done."""
    document = load(ports, engine, identifier, parent=parent)
    if not document.data["done"]:
        raise FailedPrecondition("the operation is still running: cancel it or wait for it before deleting it")
    ports.store.commit([Delete(document.path)])


def cancel(ports: Ports, engine: EngineName, identifier: str, *, parent: str) -> None:
    """Stop an operation that is still running and can be cancelled."""

    def attempt() -> None:
        document = load(ports, engine, identifier, parent=parent, also=("changes", "storing"))
        if document.data["done"] or not kind_of(document.data["kind"]).cancellable:
            return
        changes = document.data.get("changes")
        done = _although(len(changes_in(changes)))
        outcome = Outcome(error=Cancelled(f"the operation was cancelled{done}"), changes=changes)
        gone = [*payloads.removals(document), *payloads.left_over(ports, document)]
        commit(ports.store, [Patch(document.path, outcome.data(ports), version=document.version), *gone])

    retry_on_conflict(attempt)


def _although(changes: int) -> str:
    """Say what a cancelled operation has done already."""
    return f" after it had changed {changes} memories: roll it back to revert that" if changes else ""


def wait(ports: Ports, engine: EngineName, identifier: str, *, parent: str, timeout: timedelta) -> Operation:
    """Return the operation as soon as it is done, or in its current state after `timeout` (at most 30 s)."""
    deadline = time.monotonic() + min(timeout, _LONGEST_WAIT).total_seconds()
    pause = 0.002
    here = ports.queue if isinstance(ports.queue, StoredQueue) else None
    while True:
        operation = get(ports, engine, identifier, parent=parent)
        if operation.done or time.monotonic() + pause > deadline:
            return operation
        if here is not None:
            # Only after the first look: how long this takes tells that it runs, which not every caller may know.
            here.join(operation.name, min(timeout, _AT_WORK))
            here = None
            continue
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)


def load(ports: Ports, engine: EngineName, identifier: str, *, parent: str, also: tuple[str, ...] = ()) -> Document:
    """Return the stored operation, with the fields in `also` in addition to those needed for a response."""
    document = ports.store.get(engine.child("operations", identifier), fields=(*_FIELDS, *also))
    name = f"{parent}/operations/{identifier}"
    if document is None or document.data["name"] != name or document.data["expire_time"] <= ports.clock.now():
        raise NotFound(f"operation {name} does not exist")
    return document
