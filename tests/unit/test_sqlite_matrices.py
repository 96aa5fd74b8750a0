"""The matrices in memory: exact, read once, extended cheaply, bounded."""

from __future__ import annotations

import random
import struct

import pytest

from memorybank.storage.sqlite.matrices import MatrixCache, Rows
from memorybank.storage.sqlite.vectors import Partition

DIMENSIONS = 8


def pack(values: list[float]) -> bytes:
    return struct.pack(f"<{DIMENSIONS}f", *values)


def unpack(packed: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{DIMENSIONS}f", packed)


def vectors(count: int, *, seed: int = 0, spread: float = 1.0) -> Rows:
    chance = random.Random(seed)  # noqa: S311 - numbers to be told apart, no secrets
    return [(f"m{seed}-{n:04}", pack([1 + spread * chance.gauss() for _ in range(DIMENSIONS)])) for n in range(count)]


def expected(rows: Rows, target: bytes, limit: int) -> list[tuple[float, str]]:
    """Say the same in plain double precision."""
    goal = unpack(target)
    return sorted(
        (sum((a - b) ** 2 for a, b in zip(unpack(packed), goal, strict=True)) ** 0.5, path) for path, packed in rows
    )[:limit]


class Table:
    """Rows by the number of the commit that added them, and a note of every read."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, Rows]] = []
        self.reads: list[int] = []

    def read(self, since: int) -> Rows:
        self.reads.append(since)
        return [row for number, rows in self.rows if number > since for row in rows]


@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6, 0.0], ids=str)
@pytest.mark.parametrize("limit", [1, 10, 299, 300, 1000])
def test_the_nearest_are_exact_even_where_single_precision_is_not(spread: float, limit: int) -> None:
    rows = vectors(300, spread=spread)
    (_, target), *_ = vectors(1, seed=1, spread=spread)
    table = Table()
    table.rows = [(1, rows)]
    matrix = MatrixCache(10**6).get("k", Partition(1, 1, 1), table.read)

    found = matrix.nearest(target, limit)

    wanted = expected(rows, target, limit)
    assert [path for _, path in found] == [path for _, path in wanted]
    assert [distance for distance, _ in found] == pytest.approx([distance for distance, _ in wanted], rel=1e-12)


def test_one_vector_far_away_does_not_blur_the_others() -> None:
    table = Table()
    rows = [*vectors(300), ("far", pack([1e6] * DIMENSIONS))]
    table.rows = [(1, rows)]
    (_, target), *_ = vectors(1, seed=1)

    found = MatrixCache(10**6).get("k", Partition(1, 1, 1), table.read).nearest(target, 5)

    assert [path for _, path in found] == [path for _, path in expected(rows, target, 5)]


def test_what_was_added_is_read_alone_and_older_matrices_stay_as_they_were() -> None:
    cache, table = MatrixCache(10**6), Table()
    (_, target), *_ = vectors(1, seed=99)
    seen = []
    for version in range(1, 30):
        table.rows.append((version, vectors(version % 3 + 1, seed=version)))
        seen.append(cache.get("k", Partition(1, version, 1), table.read))
        assert cache.get("k", Partition(1, version, 1), table.read) is seen[-1]

    assert table.reads == list(range(29))
    for version, matrix in enumerate(seen, start=1):
        rows = [row for number, added in table.rows if number <= version for row in added]
        wanted = {path: distance for distance, path in expected(rows, target, 100)}
        assert {path: distance for distance, path in matrix.nearest(target, 100)} == pytest.approx(wanted)


def test_a_rewritten_partition_is_read_anew() -> None:
    cache, table = MatrixCache(10**6), Table()
    table.rows = [(1, vectors(3))]
    cache.get("k", Partition(1, 1, 1), table.read)
    table.rows = [(3, vectors(2, seed=3))]

    matrix = cache.get("k", Partition(1, 3, 2), table.read)

    assert table.reads == [0, 0]
    assert sorted(path for _, path in matrix.nearest(pack([0.0] * DIMENSIONS), 9)) == ["m3-0000", "m3-0001"]


def test_a_reader_that_stands_before_a_commit_sees_the_state_before_it() -> None:
    cache, table = MatrixCache(10**6), Table()
    table.rows = [(2, vectors(3))]
    newest = cache.get("k", Partition(1, 2, 1), table.read)
    before = Table()
    before.rows = [(1, vectors(1, seed=1))]

    assert cache.get("k", Partition(1, 1, 1), before.read).size == 1
    assert cache.get("k", Partition(1, 2, 1), table.read) is newest


def test_the_matrices_used_last_are_held_within_the_bytes_allowed() -> None:
    table = Table()
    table.rows = [(1, vectors(10))]
    one = MatrixCache(10**6).get("k", Partition(1, 1, 1), table.read).memory
    cache = MatrixCache(2 * one)
    table.reads.clear()
    for key in ["a", "b", "a", "c", "a", "b"]:
        cache.get(key, Partition(1, 1, 1), table.read)

    assert len(table.reads) == 4, "a, b and c once, and b again after c took its place"
