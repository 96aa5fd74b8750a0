"""The first step of a generation: accept the request and enqueue its work."""

from __future__ import annotations

import contextlib
import hmac
import json
from datetime import timedelta

from memorybank.bank import engines, operations, payloads
from memorybank.bank.operation_tasks import joint_queue, task_of
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, AlreadyExists, MemoryBankError
from memorybank.ports.clock import id_of
from memorybank.ports.documents import Create, Delete, Document
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import EngineName
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import GENERATE_MEMORIES

_REPEATED_AFTER = timedelta(seconds=1)
"""The shortest time after which a client repeats a request; what is requested twice within it is requested twice."""


def accept(ports: Ports, engine: EngineName, request: GenerateMemoriesRequest) -> Operation:
    """Store a validated request as an operation and enqueue its work.

    The same request again, while its operation has not been worked on, returns that operation: a caller who was told
    that it failed may repeat it, even if the bank could not withdraw it.
    """
    key = f"{engine.path} {engines.get(ports, engine).create_time}"
    assert request.scope is not None  # noqa: S101 - sessions are resolved before, and anything else has one
    digest = _digest(request, key=key)
    operation = prepare(ports, engine, request, digest=digest)
    try:
        return _begin(ports, operation)
    except AlreadyExists:
        _remove_parts(ports, operation)
    earlier = ports.store.get(operation.path)
    if earlier is not None and _is_repeated(ports, earlier, digest):
        ports.queue.enqueue(task_of(earlier))
        return operations.operation_of(earlier)
    return _begin(ports, prepare(ports, engine, request))


def prepare(
    ports: Ports, engine: EngineName, request: GenerateMemoriesRequest, *, digest: str | None = None
) -> Document:
    """Return the operation of a validated request, not yet created; the parts of a large request are stored here.

    Its id follows from the request's `digest`, if that is given.
    """
    identifier, data = operations.start(
        ports, GENERATE_MEMORIES, parent=str(engine), scope=request.scope, identifier=digest and id_of(digest)
    )
    path = engine.child("operations", identifier)
    data |= {"stage": "accepted", "waiting_scope": None, "digest": digest, "acceptance": ports.ids.new()}
    data |= payloads.store(ports, path, _payload(request), scope_key=data["scope_key"], name=data["acceptance"])
    return Document(path, data, None)


def _payload(request: GenerateMemoriesRequest) -> bytes:
    return json.dumps(request.to_wire(), separators=(",", ":")).encode()


def _digest(request: GenerateMemoriesRequest, *, key: str) -> str:
    """Return what identifies a request to one engine, which `key` names: others give the same request other ids.

    It hides what was said only from those who cannot guess it: neither the key nor the form of a request is secret.
    """
    return hmac.new(key.encode(), _payload(request), "sha256").hexdigest()


def _is_repeated(ports: Ports, earlier: Document, digest: str) -> bool:
    age: timedelta = ports.clock.now() - earlier.data["create_time"]
    return earlier.data["stage"] == "accepted" and earlier.data.get("digest") == digest and age >= _REPEATED_AFTER


def _begin(ports: Ports, operation: Document) -> Operation:
    """Create an operation and enqueue its work; `AlreadyExists` if its id is taken."""
    try:
        _create(ports, operation)
    except AlreadyExists:
        raise
    except MemoryBankError:
        # The caller will retry. A request reported as failed should not run as well, least of all from a later sweep.
        if not _is_taken_up(ports, operation):
            raise
    return operations.operation_of(operation)


def _create(ports: Ports, operation: Document) -> None:
    """Create an operation and enqueue its work; `AlreadyExists` if its id is taken by another acceptance."""
    create, queue = Create(operation.path, operation.data), joint_queue(ports)
    try:
        if queue is not None:
            queue.enqueue_with(task_of(operation), [create])
            return
        ports.store.commit([create])
    except AlreadyExists:
        found = ports.store.get(operation.path)
        if found is None or found.data.get("acceptance") != operation.data["acceptance"]:
            raise  # otherwise this very commit arrived twice, and its second answer came back
    ports.queue.enqueue(task_of(operation))


def _is_taken_up(ports: Ports, operation: Document) -> bool:
    """Withdraw an operation whose acceptance failed half-way, and tell whether a worker has already worked on it.

    If the store is down, it can be neither read nor withdrawn. Then the sweep runs it later, unless the caller repeats
    the request first.
    """
    with contextlib.suppress(MemoryBankError):
        found = ports.store.get(operation.path)
        if found is not None and found.data.get("acceptance") != operation.data["acceptance"]:
            return False  # another call has accepted the same request, and answers for it
        if found is not None:
            if found.data["done"] or found.data["stage"] != "accepted":
                return True
            try:
                ports.store.commit([Delete(found.path, version=found.version)])
            except Aborted:
                return True
        _remove_parts(ports, operation)
    return False


def _remove_parts(ports: Ports, operation: Document) -> None:
    """Remove the parts of a request that is not accepted; whatever is left expires."""
    if parts := payloads.removals(operation):
        with contextlib.suppress(MemoryBankError):
            ports.store.commit(parts)


def request_of(ports: Ports, operation: Document) -> GenerateMemoriesRequest:
    """Read the request of a stored operation."""
    return GenerateMemoriesRequest.model_validate(json.loads(payloads.load(ports, operation)))
