"""How large documents and commits may be, and how large a write will be.

The limits are Firestore's, and hold for every store: a bank that works on a laptop must work in production.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from memorybank.ports.documents import Delete, Vector, Write

MAX_COMMIT = 4 * 2**20
"""The most bytes of a commit: the emulator's limit. Firestore's is more than twice as high, but both behave alike."""

MAX_DOCUMENT = 2**20
"""The most bytes of a document."""

_MOST_WRITES, _MOST_BYTES = 450, MAX_COMMIT * 9 // 10
_WRITE, _FIELD, _VALUE, _NUMBER = 250, 20, 10, 12
_SMALL = frozenset({type(None), bool, int, float, datetime})


def size_of(write: Write) -> int:
    """Return how many bytes a write has in a commit, rounded up."""
    size = _WRITE + 2 * len(write.path)
    return size if isinstance(write, Delete) else size + _of_map(write.data)


def size_of_value(value: Any) -> int:
    """Return how many bytes a typed value has in a document, rounded up."""
    return _SIZED.get(type(value), _of_other)(value)


def _of_map(items: Mapping[str, Any]) -> int:
    size = _VALUE
    for name, value in items.items():  # a plain loop: all that is written passes here
        kind = type(value)
        if kind is str:
            size += _of_text(value)
        elif kind in _SMALL:
            size += 2 * _NUMBER
        else:
            size += _SIZED.get(kind, _of_other)(value)
        size += _FIELD + _VALUE + (2 * len(name) if name.isascii() else len(name.encode(errors="surrogatepass")))
    return size


def _of_text(text: str) -> int:
    return _VALUE + (len(text) if text.isascii() else len(text.encode(errors="surrogatepass")))


def _of_list(value: Sequence[Any]) -> int:
    size = _VALUE
    for each in value:
        size += _VALUE + size_of_value(each)
    return size


def _of_other(value: Any) -> int:
    return _of_map(value) if isinstance(value, Mapping) else 2 * _NUMBER


_SIZED: Mapping[type, Callable[[Any], int]] = {
    str: _of_text,
    bytes: lambda value: _VALUE + len(value),
    Vector: lambda value: _NUMBER * (len(value.values) + 4),
    dict: _of_map,
    list: _of_list,
    tuple: _of_list,
}


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
