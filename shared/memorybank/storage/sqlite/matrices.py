"""Caches the vectors of partitions as matrices, and searches one exactly."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from memorybank.storage.sqlite.vectors import Partition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

Rows: TypeAlias = list[tuple[str, bytes]]
"""Paths and float32 bytes."""

_GROWTH = 1.25
_ERROR = 1e-5  # of a squared distance over the squared lengths: far above that of a float32 product of 2048 terms


@dataclass(frozen=True, slots=True)
class Matrix:
    """The vectors of one partition as of commit `version`.

    The first `size` entries are its own and never change. The rest is spare room, which a later version of the same
    partition may fill in place.
    """

    version: int
    size: int
    paths: list[str]
    vectors: Floats
    squares: Floats

    @property
    def memory(self) -> int:
        """The size of the numbers in bytes."""
        return self.vectors.nbytes + self.squares.nbytes

    def nearest(self, packed: bytes, limit: int, *, among: AbstractSet[str] | None = None) -> list[tuple[float, str]]:
        """Return distance and path of the vectors nearest to one, given as float32 bytes; ties by path.

        `among` limits the search to these paths.
        """
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        target = np.frombuffer(packed, dtype="<f4")
        vectors = self.vectors[: self.size]
        if among is not None:
            picked = np.array([row for row, path in enumerate(self.paths[: self.size]) if path in among], dtype=np.intp)
        elif limit < self.size:
            # Single precision only selects the candidates: every vector that, with its rounding error, is no farther
            # than the last result can be. The exact distances decide below.
            squares = self.squares[: self.size]
            products = vectors @ (target * -2)  # with `squares`, the squared distance but for the target's own length
            farthest = np.partition(products + squares * (1 + _ERROR), limit - 1)[limit - 1]
            picked = np.flatnonzero(products + squares * (1 - _ERROR) <= farthest + 2 * _ERROR * (target @ target))
        else:
            picked = np.arange(self.size)
        offsets = vectors[picked].astype(np.float64) - target
        distances = np.sqrt(np.einsum("ij,ij->i", offsets, offsets)).tolist()
        return sorted(zip(distances, map(self.paths.__getitem__, picked.tolist()), strict=True))[:limit]


def _load(version: int, rows: Rows) -> Matrix:
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    packed = b"".join(value for _, value in rows)
    vectors = np.frombuffer(packed, dtype="<f4").reshape(len(rows), -1).astype(np.float32, copy=False)
    squares = np.einsum("ij,ij->i", vectors, vectors)
    return Matrix(version, len(rows), [path for path, _ in rows], vectors, squares)


def _extend(matrix: Matrix, version: int, rows: Rows) -> Matrix:
    """Return the matrix with more rows. Only the newest matrix of a partition may be extended, by one thread."""
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    added, size = _load(version, rows), matrix.size + len(rows)
    vectors, squares = matrix.vectors, matrix.squares
    if size > len(vectors):
        room = max(size, int(size * _GROWTH))
        vectors, squares = np.empty((room, vectors.shape[1]), np.float32), np.empty(room, np.float32)
        vectors[: matrix.size], squares[: matrix.size] = matrix.vectors[: matrix.size], matrix.squares[: matrix.size]
    vectors[matrix.size : size], squares[matrix.size : size] = added.vectors, added.squares
    matrix.paths.extend(added.paths)
    return Matrix(version, size, matrix.paths, vectors, squares)


class MatrixCache:
    """An LRU cache of matrices, bounded by size in bytes."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._held: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = threading.Lock()  # guards `_held`; held briefly
        self._loading = threading.Lock()  # held while reading from the store, so that a matrix is read once

    def get(self, key: str, partition: Partition, read: Callable[[int], Rows]) -> Matrix:
        """Return the matrix of a partition in the given state; `read(n)` returns the rows written after commit n."""
        matrix = self._find(key)
        if matrix is not None and matrix.version == partition.version:
            return matrix
        with self._loading:
            matrix = self._find(key)
            if matrix is None:
                return self._keep(key, _load(partition.version, read(0)))
            if matrix.version < partition.version:
                added = partition.rewritten <= matrix.version
                rows = read(matrix.version if added else 0)
                return self._keep(
                    key, _extend(matrix, partition.version, rows) if added else _load(partition.version, rows)
                )
            if matrix.version > partition.version:  # this reader sees an older state than another one did
                return _load(partition.version, read(0))
            return matrix

    def drop(self, key: str) -> None:
        """Forget a partition that has become empty."""
        with self._lock:
            self._held.pop(key, None)

    def _find(self, key: str) -> Matrix | None:
        with self._lock:
            matrix = self._held.get(key)
            if matrix is not None:
                self._held.move_to_end(key)
            return matrix

    def _keep(self, key: str, matrix: Matrix) -> Matrix:
        with self._lock:
            self._held[key] = matrix
            self._held.move_to_end(key)
            while sum(held.memory for held in self._held.values()) > self._capacity:
                self._held.popitem(last=False)
        return matrix
