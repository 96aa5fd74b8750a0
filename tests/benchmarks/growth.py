"""What grows with a scope: lists and searches behind filters that nothing meets, and searches after a change."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from memorybank.bank import engines
from memorybank.bank.memories import crud, purge, retrieve
from memorybank.bank.ports import Ports
from memorybank.config import Settings
from memorybank.handlers.filters import MEMORIES, RETRIEVE, memory_filter
from memorybank.local.bank import embedded_adapters
from memorybank.ports.documents import Nearest, Order, Patch, Vector, Where
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.scopes import scope_key
from memorybank.storage.sqlite import SqliteStore
from tests.benchmarks.filling import DIMENSIONS, MODEL, Floats, copy_filled, large_user, paths, scope, unit_vectors
from tests.benchmarks.measuring import Row, bounded, compared, cpu_seconds, interleaved
from tests.benchmarks.serving import ENGINE

TITLE = "What grows with a scope (CPU of this process; 768 dimensions)"

_SIZES = (10_000, 100_000)
_FILTERS = {
    "a fact that nothing equals": 'fact = "nothing"',
    "a word that nothing contains": 'fact:"nothing"',
    "a time before everything": "create_time < 2001-01-01T00:00:00Z",
}
_MOST_PER_MEMORY = 6e-6
_SMALL_CACHE = 16 * 2**20
_CALLS = 12


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    return [row for size in _SIZES for row in _measured(size)]


def _measured(size: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        begun, file, vectors = time.monotonic(), Path(folder, "bank.db"), unit_vectors(size, seed=size)
        copy_filled(size, file)
        print(f"  filled a store in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        large = 2 * vectors.nbytes
        with closing(SqliteStore(file, cache_bytes=large)) as store:
            ports = embedded_adapters(Settings(data=str(file), embeddings="offline"), store=store)
            engines.create(ports, ENGINE, ReasoningEngine())
            yield from _filters(ports, size)
            yield from _changes(store, vectors, f"{size:,}, in memory")
        with closing(SqliteStore(file, cache_bytes=_SMALL_CACHE)) as store:
            yield from _changes(store, vectors, f"{size:,}, in a file beside a cache of 16 MiB")


def _filters(ports: Ports, size: int) -> Iterator[Row]:
    order, goal = Order("create_time", descending=True), size * _MOST_PER_MEMORY
    for what, text in _FILTERS.items():
        accept = memory_filter(text, MEMORIES)
        listed = partial(crud.list_page, ports, ENGINE, scope=None, accept=accept, order=order, limit=100, after=None)
        yield bounded(f"list of {size:,} by {what}", cpu_seconds(listed), goal=goal)
    text = next(iter(_FILTERS.values()))
    request = RetrieveMemoriesRequest.model_validate(
        {"scope": scope(large_user(size)), "similaritySearchParams": {"searchQuery": "hotel"}}
    )
    similar = partial(retrieve.retrieve_similar, ports, ENGINE, request, accept=memory_filter(text, RETRIEVE))
    yield bounded(f"search of {size:,} by similarity and that fact", cpu_seconds(similar))
    conditions = {"that fact": text, "a condition that all meet": 'fact:"hotel"'}
    # A purge looks through memories for 20 seconds: a busy machine may not get through the larger scope.
    for what, condition in [*conditions.items()][: 2 if size == min(_SIZES) else 1]:
        accept = memory_filter(condition, MEMORIES)
        if accept is None:
            raise RuntimeError("a filter is a filter")
        counted = partial(purge.purge, ports, ENGINE, scope=None, accept=accept, force=False)
        yield bounded(f"purge of {size:,} that only counts, by {what}", cpu_seconds(counted, rounds=1))


def _changes(store: SqliteStore, vectors: Floats, what: str) -> Iterator[Row]:
    """Compare searches with numpy over the same vectors in memory, as they are and after one change each."""
    queries, squares = unit_vectors(_CALLS, seed=2), np.einsum("ij,ij->i", vectors, vectors)
    user = large_user(len(vectors))
    [changed] = paths(user, 1)

    def floor(number: int) -> None:
        np.argpartition(vectors @ (queries[number % _CALLS] * -2) + squares, 3)

    def search(number: int) -> None:
        store.nearest(_nearest(user, queries[number % _CALLS]))

    def change_and_search(number: int) -> None:
        store.commit([Patch(changed, {"embedding": Vector(tuple(queries[number % _CALLS].tolist()))})])
        search(number)

    yield bounded(f"first search of {what}", cpu_seconds(partial(search, 0), rounds=1))
    least, alone, after = interleaved(_CALLS, floor, search, change_and_search, clock=time.process_time)
    yield compared(f"search of {what}", alone, against="numpy in memory", floor=least, goal=2)
    yield compared(f"change and search of {what}", after, against="numpy in memory", floor=least, goal=3)


def _nearest(user: str, query: Floats) -> Nearest:
    where = (
        Where("scope_key", "==", scope_key(scope(user))),
        Where("embedding_model", "==", MODEL),
        Where("memory_type", "==", "NATURAL_LANGUAGE_COLLECTION"),
    )
    if query.shape != (DIMENSIONS,):
        raise RuntimeError("a query has the dimensions of the vectors")
    vector = Vector(tuple(query.tolist()))
    return Nearest(f"{ENGINE.path}/memories", "embedding", vector, where=where, limit=3, fields=("fact",))
