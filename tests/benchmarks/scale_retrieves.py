"""The same thought experiment for retrieves: what a search waits for, and what a cache of queries spares.

Each instance has a cache of its own, as deployed functions have. What a search reads follows from Firestore's prices: a
read for each 100 entries of the scope in the vector index, and one for each document that is returned.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from memorybank.bank import engines
from memorybank.bank.memories import crud, retrieve
from memorybank.bank.memories.ranking import CANDIDATES
from memorybank.models.query_cache import QueryCache
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.memory import Memory
from memorybank.resources.retrieval import DEFAULT_RESULTS, RetrieveMemoriesRequest
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.scripted import ScriptedModel
from tests.benchmarks.measuring import Row, duration
from tests.benchmarks.scale import ENGINE, Simulation, SlowPorts, anybody
from tests.benchmarks.timeline import Pool

TITLE = "Retrieves in virtual time (5,000 a second for 0.3 s, 13 instances; store 10 ms, embedding 50 ms a call)"

_PER_SECOND, _COUNT, _INSTANCES, _SCOPES = 5000, 1500, 13, 20
_PLENTY = 2000
_SIZES = (200, 10_000, 100_000)
_ENTRIES_PER_READ = 100
Queries = Callable[[random.Random, int], str]


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    loads: list[tuple[str, Queries, int]] = [
        ("every query is new", _new, _PLENTY),
        ("two of three queries are among 20", _repeated, _PLENTY),
        ("every query is new, 240 at once", _new, 240),
    ]
    return [*(row for load in loads for row in _simulated(*load)), *map(_reads, _SIZES)]


def _simulated(name: str, queries: Queries, most: int) -> Iterator[Row]:
    store = SqliteStore(":memory:")
    simulation = Simulation(store, anybody)
    simulation.model = ScriptedModel()
    instances = [_instance(simulation) for _ in range(_INSTANCES)]
    _fill(instances[0])
    simulation.calls.clear()
    pool, seconds = Pool(simulation.timeline, workers=most), list[float]()
    chance = random.Random(7)  # noqa: S311 - no secret; the same run every time

    def search(ports: Any, text: str, arrived: float) -> None:
        request = {"scope": _scope(chance.randrange(_SCOPES)), "similaritySearchParams": {"searchQuery": text}}
        retrieve.retrieve_similar(ports, ENGINE, RetrieveMemoriesRequest.model_validate(request), accept=None)
        seconds.append(simulation.timeline.seconds - arrived)

    for number in range(_COUNT):
        at = number / _PER_SECOND
        work = partial(search, instances[number % _INSTANCES], queries(chance, number), at)
        simulation.timeline.at(at, partial(pool.do, work))
    simulation.timeline.run()
    store.close()
    ordered = sorted(seconds)
    picked = (ordered[max(0, math.ceil(_COUNT * share) - 1)] for share in (0.5, 0.99, 1.0))
    yield Row(f"{name}: p50 / p99 / max", " / ".join(map(duration, picked)))
    calls = ", ".join(f"{simulation.calls.get(kind, 0) / _COUNT:.2f}" for kind in ("embed", "nearest", "get"))
    yield Row(f"{name}: embeddings, searches, other reads of each; at once", f"{calls}; {pool.most}")


def _instance(simulation: Simulation) -> Any:
    ports = SlowPorts(simulation)
    ports.embedder = QueryCache(ports.embedder)
    return ports


def _fill(ports: Any) -> None:
    engines.create(ports, ENGINE, ReasoningEngine.model_validate({}))
    for user in range(_SCOPES):
        for number in range(5):
            memory = Memory.model_validate({"fact": f"I like the tea of shop {number}", "scope": _scope(user)})
            crud.create(ports, ENGINE, memory, memory_id=None)


def _scope(user: int) -> dict[str, str]:
    return {"user_id": f"u{user}"}


def _new(chance: random.Random, number: int) -> str:
    del chance
    return f"Which tea of shop {number}?"


def _repeated(chance: random.Random, number: int) -> str:
    return f"Which tea of shop {chance.randrange(20) if chance.random() < 2 / 3 else number}?"


def _reads(size: int) -> Row:
    """Return the line of what one search in a scope of so many memories is charged for."""
    entries = math.ceil(size / _ENTRIES_PER_READ)
    told = f"{entries + min(size, CANDIDATES):,}, by DISTANCE {entries + min(size, DEFAULT_RESULTS):,}"
    return Row(f"reads that Firestore charges for a search among {size:,}", told)
