"""What operations keep until they are done: their requests, and the facts extracted from them; large ones in parts.

A document holds at most 1 MiB and a commit 4 MiB, while a request may have 8 MB, and its facts and options 3 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from memorybank.bank.ports import Ports
from memorybank.errors import NotFound
from memorybank.ports.documents import Data, Delete, Document, Put, Write

OPERATION_LIFE = timedelta(days=30)
"""How long a finished operation is kept: our choice."""

INLINE = 300_000
"""The most bytes that an operation's document holds itself, so that it has room for checkpoints and results."""

_PART = 900_000
"""The size of a part in bytes."""

_MOST_LEFT_OVER = 100


def store(
    ports: Ports,
    operation: str,
    payload: bytes,
    *,
    scope_key: str | None,
    scope: Mapping[str, str] | None = None,
    end: datetime | None = None,
    name: str = "",
) -> Data:
    """Store a payload and return the fields of the operation's document that refer to it.

    `operation` is the path of that document, or of another document that has a payload and lives until `end`.

    A small payload is stored in these fields. The parts of a larger one are written here, before the operation. Parts
    left behind by a crash expire, and are found by their `scope_key` when the scope is erased.
    With `scope`, callers of that scope may read the parts too; otherwise only workers may. A `name` keeps the parts
    apart from those that somebody else may store for the same document.
    """
    owner: Data = {"scope": scope, "scope_key": scope_key, "expire_time": end or ports.clock.now() + OPERATION_LIFE}
    fields, parts = in_writes(operation, payload, owner=owner, name=name)
    _commit_each(ports, parts)
    return fields


def in_writes(operation: str, payload: bytes, *, owner: Data, name: str = "") -> tuple[Data, list[Write]]:
    """Return what `store` returns, and the writes of the parts, which it would commit one by one."""
    if len(payload) <= INLINE:
        return {"request": payload, "parts": 0}, []
    parts = _parts(_start(operation, name), payload, owner=owner)
    return {"request": None, "parts": len(parts), "parts_name": name}, parts


def load(ports: Ports, operation: Document) -> bytes:
    """Return the payload of a stored operation."""
    count = operation.data["parts"]
    if not count:
        return bytes(operation.data["request"])
    return _read(ports, _start(operation.path, operation.data.get("parts_name")), count)


def spill(
    ports: Ports, operation: str, content: bytes, *, scope_key: str | None, scope: Mapping[str, str] | None = None
) -> Data:
    """Store content that has no room in the document of the operation at a path; return the value that refers to it.

    Every call makes parts of its own, so concurrent workers on one operation never mix theirs.
    """
    name = ports.ids.new()
    owner: Data = {"scope": scope, "scope_key": scope_key, "expire_time": ports.clock.now() + OPERATION_LIFE}
    parts = _parts(_start(operation, name), content, owner=owner)
    _commit_each(ports, parts)
    return {"name": name, "count": len(parts)}


def spilled(ports: Ports, operation: str, reference: Data) -> bytes:
    """Return content that was stored in parts."""
    return _read(ports, _start(operation, reference["name"]), reference["count"])


def size(operation: Document) -> int:
    """Return how many bytes the payload of a stored operation has, at most one part too many."""
    return int(operation.data["parts"]) * _PART or len(operation.data["request"])


def removals(operation: Document) -> list[Write]:
    """Return the writes that remove all parts of an operation."""
    data = operation.data
    sets = [(data.get("parts_name"), data.get("parts") or 0)]
    if reference := data.get("spilled"):
        sets.append((reference["name"], reference["count"]))
    return [Delete(f"{_start(operation.path, name)}{number}") for name, count in sets for number in range(count)]


def left_over(ports: Ports, operation: Document) -> list[Write]:
    """Return the removals of parts that an operation does not refer to, if it says that somebody is `storing` some.

    They may have died, or go on storing; then their next commit fails if the operation is written with these removals.
    """
    if not operation.data.get("storing"):
        return []
    used = {write.path for write in removals(operation)}
    return [Delete(path) for path in ports.store.below(operation.path, limit=_MOST_LEFT_OVER) if path not in used]


def _start(operation: str, name: str | None) -> str:
    return f"{operation}/parts/{name}-" if name else f"{operation}/parts/"


def _parts(start: str, content: bytes, *, owner: Data) -> list[Write]:
    starts = range(0, len(content), _PART)
    return [Put(f"{start}{n}", {"bytes": content[at : at + _PART], **owner}) for n, at in enumerate(starts)]


def _commit_each(ports: Ports, parts: Iterable[Write]) -> None:
    """Commit parts one by one: together they may be too large for one commit."""
    for part in parts:
        ports.store.commit([part])


def _read(ports: Ports, start: str, count: int) -> bytes:
    found = ports.store.get_many([f"{start}{number}" for number in range(count)])
    if any(part is None for part in found):
        raise NotFound("a part of the operation's request is missing")
    return b"".join(part.data["bytes"] for part in found if part is not None)
