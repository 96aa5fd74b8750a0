"""Caches the vectors of partitions as matrices."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from memorybank.storage.sqlite.matrix import Matrix
from memorybank.storage.sqlite.vector_rows import (
    GROWTH,
    RowsInMemory,
    RowsInStore,
    RowsOnDisk,
    StoredVectors,
    VectorRows,
    appended,
    unpacked,
)
from memorybank.storage.sqlite.vectors import Partition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]
    Ids: TypeAlias = NDArray[np.int64]
    Positions: TypeAlias = NDArray[np.intp]

Row: TypeAlias = tuple[int, bytes]
"""Id and float32 bytes of a vector. Ids grow with every vector that is stored; none is used twice."""

_FLOAT_BYTES, _MORE_BYTES = 4, 12  # of one number of a vector, and of its id and half its square
_FEW_DEAD = 64
_AT_ONCE = 1024
_DISK_PER_MEMORY = 16
_log = logging.getLogger(__name__)


class Source(StoredVectors, Protocol):
    """A partition as it is stored."""

    def count(self) -> int:
        """Return how many vectors there are."""
        ...

    def removed(self, since: int) -> list[int]:
        """Return the ids of the vectors that were removed after a commit."""
        ...


class MatrixCache:
    """An LRU cache of matrices, bounded by the bytes of memory they take.

    One that is larger than that has its vectors in a temporary file in `folder`; such files take up to 16 times as many
    bytes of disk, or those of the largest.
    """

    def __init__(self, capacity: int, *, folder: Path | None = None) -> None:
        self._capacity, self._folder = capacity, folder
        self._held: OrderedDict[str, Matrix] = OrderedDict()
        self._memory = self._disk = 0
        self._lock = threading.Lock()  # guards the three above; held briefly
        self._loading = threading.Lock()  # held while reading from the store, so that a matrix is read once

    def get(self, key: str, partition: Partition, source: Source) -> Matrix:
        """Return the matrix of a partition in the given state, of which `source` reads what is missing."""
        matrix = self._current(key, partition, source)
        if isinstance(matrix.rows, RowsInStore):
            return replace(matrix, rows=matrix.rows.read_from(source))
        return matrix

    def _current(self, key: str, partition: Partition, source: Source) -> Matrix:
        matrix = self._find(key)
        if matrix is not None and matrix.version == partition.version:
            return matrix
        with self._loading:
            matrix = self._find(key)
            if matrix is not None and matrix.version == partition.version:
                return matrix
            if matrix is not None and matrix.version > partition.version:
                # This reader sees an older state than another one did.
                return self._load(partition.version, source)
            if matrix is None or partition.rewritten > matrix.version:
                self.drop(key)  # before its successor takes memory, too
                return self._keep(key, self._load(partition.version, source))
            return self._keep(key, self._extended(matrix, partition.version, source))

    def drop(self, key: str) -> None:
        """Forget a partition that has become empty."""
        with self._lock:
            self._forget(key)

    def clear(self) -> None:
        """Forget every partition."""
        with self._lock:
            for key in [*self._held]:
                self._forget(key)

    def _find(self, key: str) -> Matrix | None:
        with self._lock:
            matrix = self._held.get(key)
            if matrix is not None:
                self._held.move_to_end(key)
            return matrix

    def _keep(self, key: str, matrix: Matrix) -> Matrix:
        with self._lock:
            self._forget(key)
            self._held[key] = matrix
            self._memory, self._disk = self._memory + matrix.memory, self._disk + matrix.disk
            while self._memory > self._capacity:
                self._forget(next(iter(self._held)))
            while self._disk > self._capacity * _DISK_PER_MEMORY and self._others_on_disk(key):
                self._forget(self._others_on_disk(key)[0])
        return matrix

    def _others_on_disk(self, key: str) -> list[str]:
        return [other for other, matrix in self._held.items() if matrix.disk and other != key]

    def _forget(self, key: str) -> None:
        matrix = self._held.pop(key, None)
        if matrix is not None:
            self._memory, self._disk = self._memory - matrix.memory, self._disk - matrix.disk

    def _load(self, version: int, source: Source) -> Matrix:
        """Read all of a partition."""
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        count, rows = source.count(), source.rows(0)
        first = list(islice(rows, 1))
        if not first:
            raise ValueError("an empty partition has no matrix")
        rows, dimensions = chain(first, rows), len(first[0][1]) // _FLOAT_BYTES
        if self._fits(count, dimensions):
            room = RowsInMemory(np.empty((count, dimensions), np.float32))
            return _read(version, rows, count=count, room=lambda _: room)
        try:
            return _read(version, rows, count=count, room=lambda _: RowsOnDisk(dimensions, folder=self._folder))
        except OSError as error:
            _log.warning(
                "there is no room for a temporary file of vectors: searches of a large scope are slow",
                extra={"error": str(error), "bytes": count * dimensions * _FLOAT_BYTES},
            )
        return _read(version, source.rows(0), count=count, room=lambda ids: RowsInStore(source, ids, dimensions))

    def _fits(self, count: int, dimensions: int) -> bool:
        """Tell whether the cache may hold so many vectors in memory, with the room that they get when they grow."""
        return count * (dimensions * _FLOAT_BYTES + _MORE_BYTES) * GROWTH <= self._capacity

    def _extended(self, matrix: Matrix, version: int, source: Source) -> Matrix:
        """Return the matrix as of a later commit. Only the newest one of a partition may be extended, by one thread."""
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        gone = np.array(sorted(source.removed(matrix.version)), dtype=np.int64)
        at = np.searchsorted(matrix.ids[: matrix.size], gone)
        at = at[(at < matrix.size) & (matrix.ids[np.minimum(at, matrix.size - 1)] == gone)]
        dead = _joined(matrix.dead, at, size=matrix.size) if len(at) else matrix.dead
        new = list(source.rows(matrix.version))
        size = matrix.size + len(new)
        too_large = new and not matrix.disk and not self._fits(size, len(new[0][1]) // _FLOAT_BYTES)
        if too_large or isinstance(matrix.rows, RowsInStore) or len(dead) > max(_FEW_DEAD, matrix.size // 4):
            return self._load(version, source)
        if not new:
            return Matrix(version, size, matrix.ids, matrix.rows, matrix.halves, dead)
        added, numbers = _numbers(new)
        try:
            rows = matrix.rows.extended(matrix.size, added)
        except OSError:  # the disk is full by now
            return self._load(version, source)
        ids = appended(matrix.ids, matrix.size, numbers)
        halves = appended(matrix.halves, matrix.size, np.einsum("ij,ij->i", added, added) / 2)
        return Matrix(version, size, ids, rows, halves, dead)


def _read(version: int, rows: Iterator[Row], *, count: int, room: Callable[[Ids], VectorRows]) -> Matrix:
    """Read so many vectors, a few at a time, into what `room` makes for their ids."""
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    ids, halves = np.empty(count, np.int64), np.empty(count, np.float32)
    store, size = room(ids), 0
    while some := list(islice(rows, _AT_ONCE)):
        added, numbers = _numbers(some)
        end = size + len(some)
        store = store.extended(size, added)
        ids[size:end], halves[size:end] = numbers, np.einsum("ij,ij->i", added, added) / 2
        size = end
    return Matrix(version, size, ids, store, halves, np.empty(0, np.intp))


def _numbers(rows: list[Row]) -> tuple[Floats, Ids]:
    """Return the vectors of rows as an array, and their ids as another."""
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    vectors = unpacked([value for _, value in rows], len(rows[0][1]) // _FLOAT_BYTES)
    return vectors, np.array([number for number, _ in rows], dtype=np.int64)


def _joined(some: Positions, more: Positions, *, size: int) -> Positions:
    """Return positions below `size` that are in either array, ascending.

    As `numpy.union1d` does, which loads 6 MiB of masked arrays for it in the middle of a search.
    """
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    marked = np.zeros(size, dtype=np.bool_)
    marked[some] = marked[more] = True
    return np.flatnonzero(marked)
