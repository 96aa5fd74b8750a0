"""The vectors of one partition as a matrix, which is searched exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from memorybank.storage.sqlite.vector_rows import VectorRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]
    Ids: TypeAlias = NDArray[np.int64]
    Positions: TypeAlias = NDArray[np.intp]

_ERROR = 1e-5  # of a squared distance over the squared lengths: far above that of a float32 product of 2048 terms
_FEW = 1024
"""Up to how many chosen vectors are all compared exactly, because selecting candidates first would not pay."""

_COMPARED_AT_ONCE = 96 * 1024
"""Bytes of exact distances: beyond 128 KiB, glibc may ask the system for the memory anew each time."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The vectors of one partition as of commit `version`.

    The first `size` rows are its own and never change; a later version of the same partition may add rows behind them.
    `ids` and `halves`, of the squared lengths, belong to the rows, in ascending order of the ids. Those at the
    positions `dead` were removed.
    """

    version: int
    size: int
    ids: Ids
    rows: VectorRows
    halves: Floats
    dead: Positions

    @property
    def memory(self) -> int:
        """The size of the numbers in bytes."""
        return self.rows.memory + self.ids.nbytes + self.halves.nbytes + self.dead.nbytes

    @property
    def disk(self) -> int:
        """The size of its temporary file in bytes."""
        return self.size * self.rows.disk_width

    def nearest(self, packed: bytes, limit: int, *, among: list[int] | None = None) -> list[tuple[float, int]]:
        """Return distance and id of the vectors nearest to one, given as float32 bytes, nearest first.

        Those as far away as the last one are all returned, even beyond `limit`. `among` limits the search to these ids.
        """
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        target = np.frombuffer(packed, dtype="<f4")
        if among is None:
            living = self.size - len(self.dead)
        else:
            chosen = np.searchsorted(self.ids[: self.size], np.array(sorted(among), dtype=np.int64))
            living = len(chosen)
        if living > max(limit, _FEW if among is not None else 0):
            picked = self._candidates(target, limit, chosen=None if among is None else chosen)
        else:
            picked = np.delete(np.arange(self.size), self.dead) if among is None else chosen
        some = max(1, _COMPARED_AT_ONCE // target.nbytes // 2)
        parts = [self._distances(picked[start : start + some], target) for start in range(0, len(picked), some)]
        distances = parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])
        if limit < len(picked):
            near = distances <= _smallest(distances.copy(), limit)
            picked, distances = picked[near], distances[near]
        return sorted(zip(distances.tolist(), self.ids.take(picked).tolist(), strict=True))

    def _candidates(self, target: Floats, limit: int, *, chosen: Positions | None) -> Positions:
        """Return every position that, with its rounding error, is no farther than the last result can be.

        Single precision only selects these candidates; the exact distances decide. A vector's squared length is at most
        twice the sum of its squared distance and the target's squared length, so one bound of the error does for all
        that are as near as the last result.
        """
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        parts = [block @ target for block in self.rows.blocks(self.size)]
        products = parts[0] if len(parts) == 1 else np.concatenate(parts)
        halves = self.halves[: self.size] - products  # of the squared distances, but for the target's squared length
        if chosen is not None:
            halves = halves[chosen]
        elif len(self.dead):
            halves[self.dead] = np.inf
        last = _smallest(halves.copy(), limit)
        near: Positions = (halves <= last + _ERROR * (5 * abs(last) + 6 * float(target @ target))).nonzero()[0]
        return near if chosen is None else chosen[near]

    def _distances(self, positions: Positions, target: Floats) -> NDArray[np.float64]:
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        offsets = np.subtract(self.rows.take(positions), target, dtype=np.float64)
        distances: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", offsets, offsets))
        return distances


def _smallest(numbers: NDArray[np.floating], place: int) -> float:
    """Return the one of so many smallest numbers that is the largest; they are put into another order."""
    numbers.partition(place - 1)
    return float(numbers[place - 1])
