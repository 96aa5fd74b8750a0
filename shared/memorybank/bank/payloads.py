"""The requests of operations, kept until the operation is done; large ones in parts.

A Firestore field holds at most 1,048,487 bytes and a commit 4 MiB, while a request may have 8 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from memorybank.bank.ports import Ports
from memorybank.errors import NotFound
from memorybank.ports.documents import Data, Delete, Document, Put, Write

OPERATION_LIFE = timedelta(days=30)
"""How long a finished operation is kept: our choice."""

_PART = 900_000
"""The size of a part in bytes."""


def store(
    ports: Ports,
    operation: str,
    payload: bytes,
    *,
    scope_key: str | None,
    scope: Mapping[str, str] | None = None,
    end: datetime | None = None,
) -> Data:
    """Store a payload and return the fields of the operation's document that refer to it.

    `operation` is the path of that document, or of another document that has a payload and lives until `end`.

    A small payload is stored in these fields. The parts of a larger one are written here, before the operation. Parts
    left behind by a crash expire, and are found by their `scope_key` when the scope is erased.
    With `scope`, callers of that scope may read the parts too; otherwise only workers may.
    """
    if len(payload) <= _PART:
        return {"request": payload, "parts": 0}
    parts = [payload[start : start + _PART] for start in range(0, len(payload), _PART)]
    end = end or ports.clock.now() + OPERATION_LIFE
    for number, part in enumerate(parts):
        data = {"bytes": part, "scope": scope, "scope_key": scope_key, "expire_time": end}
        ports.store.commit([Put(_path(operation, number), data)])
    return {"request": None, "parts": len(parts)}


def load(ports: Ports, operation: Document) -> bytes:
    """Return the payload of a stored operation."""
    count = operation.data["parts"]
    if not count:
        return bytes(operation.data["request"])
    found = ports.store.get_many([_path(operation.path, number) for number in range(count)])
    if any(part is None for part in found):
        raise NotFound("a part of the operation's request is missing")
    return b"".join(part.data["bytes"] for part in found if part is not None)


def size(operation: Document) -> int:
    """Return how many bytes the payload of a stored operation has, at most one part too many."""
    return int(operation.data["parts"]) * _PART or len(operation.data["request"])


def removals(operation: Document) -> list[Write]:
    """Return the writes that remove the parts of an operation's payload."""
    return [Delete(_path(operation.path, number)) for number in range(operation.data.get("parts") or 0)]


def _path(operation: str, number: int) -> str:
    return f"{operation}/parts/{number}"
