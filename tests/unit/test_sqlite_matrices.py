"""The matrices in memory: exact, read once, extended cheaply, bounded."""

from __future__ import annotations

import errno
import gc
import math
import random
import resource
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from memorybank.ports.documents import Data, Delete, Nearest, Put, Vector, Where
from memorybank.ports.screens import Condition
from memorybank.storage.sqlite import SqliteStore, matrices
from memorybank.storage.sqlite.matrices import MatrixCache, Row
from memorybank.storage.sqlite.matrix import Matrix
from memorybank.storage.sqlite.vectors import Partition

DIMENSIONS = 8


def pack(values: list[float]) -> bytes:
    return struct.pack(f"<{DIMENSIONS}f", *values)


def unpack(packed: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{DIMENSIONS}f", packed)


def vectors(count: int, *, seed: int = 0, spread: float = 1.0) -> list[bytes]:
    chance = random.Random(seed)  # noqa: S311 - numbers to be told apart, no secrets
    return [pack([1 + spread * chance.gauss() for _ in range(DIMENSIONS)]) for _ in range(count)]


def expected(rows: Iterable[Row], target: bytes, limit: int) -> list[tuple[float, int]]:
    """Say the same in plain double precision."""
    goal = unpack(target)
    return sorted(
        (sum((a - b) ** 2 for a, b in zip(unpack(packed), goal, strict=True)) ** 0.5, number) for number, packed in rows
    )[:limit]


class Table:
    """A partition by hand: rows by the number of the commit that added them, removals, and a note of every read."""

    def __init__(self, *added: bytes) -> None:
        self.added: list[tuple[int, int, bytes]] = []
        self.gone: list[tuple[int, int]] = []
        self.version = 0
        self.reads: list[int] = []
        if added:
            self.commit(*added)

    def commit(self, *added: bytes, remove: Iterable[int] = ()) -> Partition:
        """Remove some rows and add others."""
        self.version += 1
        gone = set(remove)
        self.gone += [(self.version, number) for number in gone]
        self.added = [row for row in self.added if row[1] not in gone]
        first = self.next
        self.added += [(self.version, first + number, packed) for number, packed in enumerate(added)]
        return self.partition

    @property
    def next(self) -> int:
        return 1 + max([0, *(row[1] for row in self.added), *(row[1] for row in self.gone)])

    @property
    def partition(self) -> Partition:
        return Partition(1, self.version, 0)

    @property
    def all(self) -> list[Row]:
        return [row[1:] for row in self.added]

    def count(self) -> int:
        return len(self.added)

    def rows(self, since: int) -> Iterator[Row]:
        self.reads.append(since)
        return iter([row[1:] for row in self.added if row[0] > since])

    def values(self, ids: Sequence[int]) -> dict[int, bytes]:
        return {number: packed for number, packed in self.all if number in ids}

    def removed(self, since: int) -> list[int]:
        return [number for version, number in self.gone if version > since]

    def copy(self) -> Table:
        """Return the state of now, for a reader who stays with it."""
        other = Table()
        other.added, other.gone, other.version = [*self.added], [*self.gone], self.version
        return other


def load(table: Table, *, cache: MatrixCache | None = None) -> Matrix:
    return (cache or MatrixCache(10**6)).get("k", table.partition, table)


def is_exact(matrix: Matrix, table: Table, target: bytes, *, limit: int, among: list[int] | None = None) -> None:
    found = matrix.nearest(target, limit, among=among)
    wanted = expected((row for row in table.all if among is None or row[0] in among), target, limit)
    assert [number for _, number in found[: len(wanted)]] == [number for _, number in wanted]
    assert [distance for distance, _ in found[: len(wanted)]] == pytest.approx([each for each, _ in wanted], rel=1e-12)
    assert all(distance == found[limit - 1][0] for distance, _ in found[limit:]), "only ties go beyond the limit"


IN_MEMORY, ON_DISK = 10**6, 1000
"""Sizes of caches: all of these partitions, or their numbers but no vectors."""


@pytest.mark.parametrize("capacity", [IN_MEMORY, ON_DISK])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6, 0.0], ids=str)
@pytest.mark.parametrize("limit", [1, 10, 299, 300, 1000])
def test_the_nearest_are_exact_even_where_single_precision_is_not(spread: float, limit: int, capacity: int) -> None:
    table = Table(*vectors(300, spread=spread))
    [target] = vectors(1, seed=1, spread=spread)
    is_exact(load(table, cache=MatrixCache(capacity)), table, target, limit=limit)


def test_one_vector_far_away_does_not_blur_the_others() -> None:
    table = Table(*vectors(300), pack([1e6] * DIMENSIONS))
    [target] = vectors(1, seed=1)
    is_exact(load(table), table, target, limit=5)


@pytest.mark.parametrize("capacity", [IN_MEMORY, ON_DISK])
@pytest.mark.parametrize("chosen", [0, 1, 7, 1100, 2000])
def test_a_search_among_some_is_exact(chosen: int, capacity: int) -> None:
    table = Table(*vectors(2000))
    table.commit(remove=range(100, 110))
    [target] = vectors(1, seed=1)
    dice = random.Random(2)  # noqa: S311 - no secret
    among = dice.sample([number for number, _ in table.all], min(chosen, 1990))
    matrix = load(table, cache=MatrixCache(capacity))
    for limit in (1, 5, 1000):
        is_exact(matrix, table, target, limit=limit, among=among)


@pytest.mark.parametrize("capacity", [IN_MEMORY, 2500])
def test_only_what_was_added_is_read_and_older_matrices_stay_as_they_were(capacity: int) -> None:
    cache, table = MatrixCache(capacity), Table()
    [target] = vectors(1, seed=99)
    dice = random.Random(5)  # noqa: S311 - no secret
    seen = []
    for seed in range(40):
        gone = dice.sample(table.all, min(len(table.all), seed % 2))
        table.commit(*vectors(seed % 3 + 2, seed=seed), remove=[number for number, _ in gone])
        seen.append((table.copy(), load(table, cache=cache)))
        assert load(table, cache=cache) is seen[-1][1]

    assert table.reads[0] == 0
    again = [since for since in table.reads[1:] if since == 0]
    assert len(again) <= (3 if capacity != IN_MEMORY else 0), "only to move to disk"
    for state, matrix in seen:
        for limit in (1, 3, 1000):
            is_exact(matrix, state, target, limit=limit)


def test_a_matrix_in_which_much_was_removed_is_read_anew() -> None:
    cache, table = MatrixCache(10**6), Table(*vectors(400))
    load(table, cache=cache)
    sizes = []
    for first in range(1, 241, 4):
        table.commit(*vectors(4, seed=first), remove=range(first, first + 4))
        sizes.append(load(table, cache=cache).size)
    assert max(sizes) < 600
    assert sizes[-1] < max(sizes), "the room of those that were removed was given back"
    assert table.reads.count(0) == 2
    is_exact(load(table, cache=cache), table, vectors(1, seed=99)[0], limit=10)


def test_a_search_after_a_removal_loads_no_masked_arrays() -> None:
    code = """
import sys
from memorybank.ports.documents import Delete, Nearest, Put, Vector, Where
from memorybank.storage.sqlite import SqliteStore

store = SqliteStore(":memory:")
same = {"scope_key": "s", "embedding_model": "m", "memory_type": "t"}
where = tuple(Where(name, "==", value) for name, value in same.items())
data = {**same, "embedding": Vector((1.0, 0.0))}
store.commit([Put(f"a/b/memories/{number}", data) for number in range(3)])
search = Nearest("a/b/memories", "embedding", Vector((1.0, 0.0)), where=where, limit=5)
found = [len(store.nearest(search))]
store.commit([Delete("a/b/memories/1")])
found.append(len(store.nearest(search)))
sys.exit(found != [3, 2] or "numpy" not in sys.modules or "numpy.ma" in sys.modules)
"""

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_partition_whose_removals_are_not_listed_is_read_anew() -> None:
    cache, table = MatrixCache(10**6), Table(*vectors(3))
    load(table, cache=cache)
    table.commit(*vectors(2, seed=3), remove=[1, 2, 3])
    table.gone.clear()

    matrix = cache.get("k", Partition(1, 2, 2), table)

    assert table.reads == [0, 0]
    assert sorted(number for _, number in matrix.nearest(pack([0.0] * DIMENSIONS), 9)) == [4, 5]


def test_a_reader_that_stands_before_a_commit_sees_the_state_before_it() -> None:
    cache, table = MatrixCache(10**6), Table(*vectors(1))
    before = table.copy()
    table.commit(*vectors(3))
    newest = load(table, cache=cache)

    assert load(before, cache=cache).size == 1
    assert load(table, cache=cache) is newest


def test_the_matrices_used_last_are_held_within_the_bytes_allowed() -> None:
    table = Table(*vectors(10))
    one = load(table).memory
    cache = MatrixCache(2 * one)
    table.reads.clear()
    for key in ["a", "b", "a", "c", "a", "b"]:
        cache.get(key, table.partition, table)

    assert len(table.reads) == 4, "a, b and c once, and b again after c took its place"


def test_what_grows_beyond_the_bytes_allowed_moves_to_disk(tmp_path: Path) -> None:
    cache, table = MatrixCache(5000, folder=tmp_path), Table(*vectors(50))
    assert load(table, cache=cache).disk == 0
    while not load(table, cache=cache).disk:
        assert table.version < 10
        table.commit(*vectors(30, seed=table.version))
    matrix = load(table, cache=cache)
    assert matrix.memory <= 5000
    assert load(table, cache=cache) is matrix, "what is left in memory is held"
    assert list(tmp_path.iterdir()) == [], "the file has no name"
    is_exact(matrix, table, vectors(1, seed=99)[0], limit=10)


def test_files_that_are_used_no_more_are_given_back(tmp_path: Path) -> None:
    table, cache = Table(*vectors(100)), MatrixCache(1300, folder=tmp_path)
    for key in map(str, range(20)):
        cache.get(key, table.partition, table)
    assert 0 < _open_files(tmp_path) <= 7, "their disk is bounded, too: here by 20,800 bytes"
    cache.clear()
    gc.collect()
    assert _open_files(tmp_path) == 0


def _open_files(folder: Path) -> int:
    """Count the open files of a folder, also those without a name; other threads of this process have files, too."""
    count = 0
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            count += str(each.readlink()).startswith(f"{folder}/")
    return count


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_on_a_full_disk_a_search_reads_from_the_store_within_the_bytes_allowed() -> None:
    cache, table = MatrixCache(20_000), Table(*vectors(1200))
    with files_of_at_most(1200 * DIMENSIONS * 4 - 1):
        matrix = load(table, cache=cache)
        is_exact(matrix, table, vectors(1, seed=99)[0], limit=10)
        is_exact(matrix, table, vectors(1, seed=99)[0], limit=10, among=[row[0] for row in table.all[::3]])
        table.reads.clear()
        is_exact(load(table, cache=cache), table, vectors(1, seed=98)[0], limit=10)
        assert table.reads == [0], "only the search itself read it again"
        table.commit(*vectors(30, seed=1), remove=[5, 7])
        is_exact(load(table, cache=cache), table, vectors(1, seed=97)[0], limit=10)
    assert (matrix.memory, matrix.disk) == (1200 * 12, 0)
    table.commit(*vectors(1, seed=2))
    assert load(table, cache=cache).disk, "there is room again"


def test_a_disk_that_is_full_by_and_by_fails_no_search() -> None:
    cache, table = MatrixCache(20_000), Table(*vectors(1200))
    assert load(table, cache=cache).disk
    table.commit(*vectors(40, seed=1))
    with files_of_at_most(1220 * DIMENSIONS * 4):
        matrix = load(table, cache=cache)
        assert matrix.disk == 0
        is_exact(matrix, table, vectors(1, seed=99)[0], limit=10)


def test_without_a_folder_for_a_file_a_search_still_answers(tmp_path: Path) -> None:
    cache, table = MatrixCache(1000, folder=tmp_path / "missing"), Table(*vectors(300))
    is_exact(load(table, cache=cache), table, vectors(1, seed=99)[0], limit=10)


def _no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "no space left on device")


@pytest.mark.parametrize(("cache_bytes", "full"), [(10**7, False), (3000, False), (3000, True), (0, False), (0, True)])
def test_two_stores_of_one_file_find_what_comparing_everything_finds(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cache_bytes: int,
    full: bool,  # noqa: FBT001 - a table
) -> None:
    if full:
        monkeypatch.setattr(matrices, "RowsOnDisk", _no_space)
    dice = random.Random(cache_bytes)  # noqa: S311 - no secret
    stores = [SqliteStore(tmp_path / "bank.sqlite", cache_bytes=cache_bytes) for _ in range(2)]
    known: dict[str, Data] = {}
    for _ in range(40):
        paths = {f"{MEMORIES}/m{dice.randrange(200)}" for _ in range(dice.choice([1, 1, 5, 40]))}
        changed = {path: None if path in known and dice.random() < 0.4 else _state(dice) for path in sorted(paths)}
        dice.choice(stores).commit(
            [Delete(path) if data is None else Put(path, data) for path, data in changed.items()]
        )
        known = {path: data for path, data in {**known, **changed}.items() if data is not None}
        goal, fact, limit = _state(dice), dice.choice([None, "a", "z"]), dice.choice([1, 3, 50, 1000])
        search = Nearest(
            MEMORIES,
            "embedding",
            goal["embedding"],
            where=tuple(Where(name, "==", goal[name]) for name in ("scope_key", "embedding_model", "memory_type")),
            limit=limit,
            screen=None if fact is None else Condition(("fact",), "==", fact),
        )
        found = [(hit.distance, hit.document.path) for hit in dice.choice(stores).nearest(search)]
        wanted = sorted(
            (math.dist(goal["embedding"].values, data["embedding"].values), path)
            for path, data in known.items()
            if data["scope_key"] == goal["scope_key"] and fact in (None, data["fact"])
        )[:limit]
        assert [path for _, path in found] == [path for _, path in wanted]
        assert [distance for distance, _ in found] == pytest.approx([distance for distance, _ in wanted], rel=1e-12)
    for store in stores:
        store.close()


MEMORIES = "engines/e/memories"


def _state(dice: random.Random) -> Data:
    values = unpack(pack([dice.choice([0.0, 1.0, dice.gauss()]) for _ in range(DIMENSIONS)]))
    told = {"embedding_model": "m", "memory_type": "t", "fact": dice.choice("abc")}
    return {"scope_key": dice.choice("sst"), "embedding": Vector(values), **told}


def test_a_store_lists_only_the_last_removals_and_is_exact_beyond_them(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "bank.sqlite") for _ in range(2)]
    dice = random.Random(1)  # noqa: S311 - no secret
    stores[0].commit([Put(f"{MEMORIES}/m{number}", _state(dice) | {"scope_key": "s"}) for number in range(300)])
    goal = _state(dice)
    where = (Where("scope_key", "==", "s"), Where("embedding_model", "==", "m"), Where("memory_type", "==", "t"))
    search = Nearest(MEMORIES, "embedding", goal["embedding"], where=where, limit=5)
    assert stores[0].nearest(search) == stores[1].nearest(search)
    for _ in range(5):
        stores[0].commit([Put(f"{MEMORIES}/m{number}", _state(dice) | {"scope_key": "s"}) for number in range(300)])
        assert stores[0].nearest(search) == SqliteStore(tmp_path / "bank.sqlite").nearest(search)
    assert stores[1].nearest(search) == stores[0].nearest(search), "one that has not looked since the beginning"
    with closing(sqlite3.connect(tmp_path / "bank.sqlite")) as raw:
        assert raw.execute("SELECT count(*) FROM removed").fetchone()[0] <= 1300
    for store in stores:
        store.close()


def test_of_many_that_are_as_far_away_the_first_by_path_are_found(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "bank.sqlite")
    goal = _state(random.Random(1)) | {"scope_key": "s"}  # noqa: S311 - no secret
    names = [f"{MEMORIES}/m{number}" for number in (7, 3, 9, 1, 5)]
    store.commit([Put(name, goal) for name in names])
    where = tuple(Where(name, "==", goal[name]) for name in ("scope_key", "embedding_model", "memory_type"))
    hits = store.nearest(Nearest(MEMORIES, "embedding", goal["embedding"], where=where, limit=3))
    assert [hit.document.path for hit in hits] == sorted(names)[:3]
    store.close()
