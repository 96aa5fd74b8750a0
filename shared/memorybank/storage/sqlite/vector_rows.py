"""Where the vectors of a matrix are: in memory, in a temporary file that is read in blocks, or only in the store."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]
    Positions: TypeAlias = NDArray[np.intp]
    NumberT = TypeVar("NumberT", bound=np.generic)

BLOCK = 2**19
"""About how many bytes are read from a file at once: what a processor's cache holds."""

GROWTH = 1.25
"""How much larger than needed arrays are made when they grow."""

_FLOAT_BYTES = 4


class StoredVectors(Protocol):
    """The vectors of a partition as they are stored, by id."""

    def rows(self, since: int) -> Iterator[tuple[int, bytes]]:
        """Yield id and float32 bytes of the vectors that were stored after a commit, in the order of their ids."""
        ...

    def values(self, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the float32 bytes of some vectors by their ids."""
        ...


class VectorRows(Protocol):
    """Rows of float32 that only grow. Rows that are there never change, so any thread may read them meanwhile."""

    @property
    def memory(self) -> int:
        """How many bytes of memory they take."""
        ...

    @property
    def disk_width(self) -> int:
        """How many bytes of disk one row takes."""
        ...

    def blocks(self, size: int) -> Iterator[Floats]:
        """Yield the first `size` rows, some at a time. A block is valid only until the next one."""
        ...

    def take(self, positions: Positions) -> Floats:
        """Return the rows at some positions."""
        ...

    def extended(self, size: int, added: Floats) -> VectorRows:
        """Return these rows with others after the first `size`. Only one thread may do this, and only once per size."""
        ...


class RowsInMemory:
    """Rows in one array with room for more."""

    def __init__(self, rows: Floats) -> None:
        self._rows = rows

    @property
    def memory(self) -> int:
        """How many bytes of memory they take."""
        return self._rows.nbytes

    @property
    def disk_width(self) -> int:
        """None is used."""
        return 0

    def blocks(self, size: int) -> Iterator[Floats]:
        """Yield all rows at once."""
        yield self._rows[:size]

    def take(self, positions: Positions) -> Floats:
        """Return the rows at some positions."""
        return self._rows.take(positions, axis=0)

    def extended(self, size: int, added: Floats) -> RowsInMemory:
        """Return these rows with others after the first `size`: in place, where there is room."""
        rows = appended(self._rows, size, added)
        return self if rows is self._rows else RowsInMemory(rows)


class RowsOnDisk:
    """Rows in a file without a name, which is gone when this process no longer uses it."""

    def __init__(self, dimensions: int, *, folder: Path | None) -> None:
        self._file, name = tempfile.mkstemp(dir=folder, prefix="memorybank-vectors-")
        os.unlink(name)  # noqa: PTH108 - the path is text
        weakref.finalize(self, os.close, self._file)
        self._dimensions, self._width = dimensions, dimensions * _FLOAT_BYTES

    @property
    def memory(self) -> int:
        """Next to none: searches read into blocks of their own."""
        return 0

    @property
    def disk_width(self) -> int:
        """How many bytes of disk one row takes."""
        return self._width

    def blocks(self, size: int) -> Iterator[Floats]:
        """Yield the first `size` rows, about `BLOCK` bytes at a time."""
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        most = max(1, BLOCK // self._width)
        block = np.empty((min(most, size), self._dimensions), np.float32)
        for start in range(0, size, most):
            part = block[: min(most, size - start)]
            self._read(part, start)
            yield part

    def take(self, positions: Positions) -> Floats:
        """Return the rows at some positions."""
        import numpy as np  # noqa: PLC0415 - only searches pay for numpy

        taken = np.empty((len(positions), self._dimensions), np.float32)
        for number, position in enumerate(positions.tolist()):
            self._read(taken[number : number + 1], position)
        return taken

    def extended(self, size: int, added: Floats) -> RowsOnDisk:
        """Write rows after the first `size`."""
        left, at = added.data.cast("B") if len(added) else memoryview(b""), size * self._width
        while left:
            written = os.pwrite(self._file, left, at)
            left, at = left[written:], at + written
        return self

    def _read(self, rows: Floats, start: int) -> None:
        left, at = rows.data.cast("B"), start * self._width
        while left:
            count = os.preadv(self._file, [left], at)
            if not count:
                raise OSError("the file of vectors is shorter than it was")
            left, at = left[count:], at + count


class RowsInStore:
    """Rows that have no copy, because a disk is full: every search reads them from the store, some at a time.

    They are valid as long as the transaction of `source`, and while nothing is removed.
    """

    def __init__(self, source: StoredVectors, ids: NDArray[np.int64], dimensions: int) -> None:
        self._source, self._ids, self._dimensions = source, ids, dimensions

    @property
    def memory(self) -> int:
        """None is used."""
        return 0

    @property
    def disk_width(self) -> int:
        """None is used."""
        return 0

    def read_from(self, source: StoredVectors) -> RowsInStore:
        """Return the same rows as another transaction reads them."""
        return RowsInStore(source, self._ids, self._dimensions)

    def blocks(self, size: int) -> Iterator[Floats]:
        """Yield the first `size` rows, about `BLOCK` bytes at a time."""
        rows = islice(self._source.rows(0), size)
        while some := [value for _, value in islice(rows, max(1, BLOCK // (self._dimensions * _FLOAT_BYTES)))]:
            yield unpacked(some, self._dimensions)

    def take(self, positions: Positions) -> Floats:
        """Return the rows at some positions."""
        ids = self._ids[positions].tolist()
        found = self._source.values(ids)
        return unpacked([found[each] for each in ids], self._dimensions)

    def extended(self, size: int, added: Floats) -> RowsInStore:
        """Do nothing: the store has the others."""
        del size, added
        return self


def appended(numbers: NDArray[NumberT], size: int, added: NDArray[NumberT]) -> NDArray[NumberT]:
    """Return an array with more numbers, or rows, after the first `size`: in place, where there is room."""
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    end = size + len(added)
    if end > len(numbers):
        grown = np.empty((max(end, int(end * GROWTH)), *numbers.shape[1:]), numbers.dtype)
        grown[:size] = numbers[:size]
        numbers = grown
    numbers[size:end] = added
    return numbers


def unpacked(values: Sequence[bytes], dimensions: int) -> Floats:
    """Return vectors, given as float32 bytes, as the rows of an array."""
    import numpy as np  # noqa: PLC0415 - only searches pay for numpy

    packed = np.frombuffer(b"".join(values), dtype="<f4")
    return packed.reshape(-1, dimensions).astype(np.float32, copy=False)
