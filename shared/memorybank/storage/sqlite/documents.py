"""Documents as they were read, kept by path and version: a scope that is searched again has the same candidates."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from memorybank.ports.documents import Data, Document

CAPACITY = 2**19
"""Characters of the JSON of all documents that are kept; as Python's values they take about four times as much."""

Row = Sequence[Any]
"""Path, version and JSON of a document."""


@dataclass(frozen=True, slots=True)
class _Kept:
    version: object
    fields: tuple[str, ...]
    data: Data
    nested: tuple[str, ...]
    size: int


class DocumentCache:
    """An LRU cache of some fields of documents. A version is a commit's number, which no other state ever has."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity, self._size = capacity, 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, row: Row, fields: tuple[str, ...], read: Callable[[Row], Document]) -> Document:
        """Return these fields of a document, which `read` decodes if they are not kept, for the caller to change."""
        path, version, text = row
        with self._lock:
            kept = self._kept.get(path)
            if kept is not None:
                self._kept.move_to_end(path)
        if kept is None or kept.version != version or kept.fields != fields:
            data = read(row).data
            nested = tuple(name for name, value in data.items() if isinstance(value, dict | list))
            kept = _Kept(version, fields, data, nested, len(text))
            self._keep(path, kept)
        given = kept.data.copy()
        for name in kept.nested:
            given[name] = _copied(given[name])
        return Document(path, given, version)

    def discard(self, paths: Iterable[str]) -> None:
        """Forget the documents at paths that were written: nobody will ask for their old versions again."""
        with self._lock:
            for path in paths:
                kept = self._kept.pop(path, None)
                self._size -= kept.size if kept else 0

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _keep(self, path: str, kept: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(path, None)
            self._kept[path] = kept
            self._size += kept.size - (before.size if before else 0)
            while self._size > self._capacity:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest.size


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
