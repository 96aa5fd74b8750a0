"""How large documents and commits may be, and how large a write will be.

The limits are Firestore's, and hold for every store: a bank that works on a laptop must work in production.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from memorybank.ports.documents import Delete, Vector, Write

MAX_COMMIT = 4 * 2**20
"""The most bytes of a commit: the emulator's limit. Firestore's is more than twice as high, but both behave alike."""

MAX_DOCUMENT = 2**20
"""The most bytes of a document."""

_MOST_WRITES, _MOST_BYTES = 450, MAX_COMMIT * 9 // 10
_WRITE, _FIELD, _VALUE, _NUMBER = 250, 20, 10, 12


def size_of(write: Write) -> int:
    """Return how many bytes a write has in a commit, rounded up."""
    size = _WRITE + 2 * len(write.path)
    if isinstance(write, Delete):
        return size
    return size + sum(_FIELD + 2 * len(name) + size_of_value(value) for name, value in write.data.items())


def size_of_value(value: Any) -> int:
    """Return how many bytes a typed value has in a document, rounded up."""
    match value:
        case str():
            return _VALUE + len(value.encode(errors="surrogatepass"))
        case bytes():
            return _VALUE + len(value)
        case Vector():
            return _NUMBER * (len(value.values) + 4)
        case Mapping():
            return _VALUE + sum(_FIELD + size_of_value(name) + size_of_value(held) for name, held in value.items())
        case list() | tuple():
            return _VALUE + sum(_VALUE + size_of_value(each) for each in value)
        case _:
            return 2 * _NUMBER


def in_commits(groups: Iterable[list[Write]]) -> Iterator[list[Write]]:
    """Yield groups of writes in commits, in their order; a group whole unless it is too large for one commit."""
    batch: list[Write] = []
    size = 0
    for writes in groups:
        sizes = [size_of(write) for write in writes]
        if batch and (size + sum(sizes) > _MOST_BYTES or len(batch) + len(writes) > _MOST_WRITES):
            yield batch
            batch, size = [], 0
        for write, added in zip(writes, sizes, strict=True):
            if batch and (size + added > _MOST_BYTES or len(batch) >= _MOST_WRITES):
                yield batch
                batch, size = [], 0
            batch.append(write)
            size += added
    if batch:
        yield batch
