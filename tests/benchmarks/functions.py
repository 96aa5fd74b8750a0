"""Functions as deployed: how fast an instance wakes, what a retrieve costs it, and the memory that it holds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from memorybank.bank.memories.records import MEMORY_FIELDS
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import Purpose
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from tests.benchmarks import bank_on_firestore, replayed
from tests.benchmarks.bank_on_firestore import FOUND, QUESTION, SEARCH
from tests.benchmarks.instances import BASE, FUNCTIONS, QUEUE, Client, Instance, environment, instance
from tests.benchmarks.measuring import Row, compared
from tests.benchmarks.serving import ENGINE, PROJECT

TITLE = (
    f"Functions as deployed, on the emulator (similarity among {bank_on_firestore.MEMORIES} memories, {FOUND} found)"
)

_BARE = Path(__file__).with_name("bare_function")
_STARTS = 7
_BATCHES, _REQUESTS = 6, 25
_CROWDS, _THREADS, _EACH = 3, 16, 6
_MOST_RATIO, _MOST_CPU, _LEAST_RATE = 1.15, 0.003, 0.9

_SAID = {"role": "user", "parts": [{"text": "I like tea."}]}
_GENERATE = {"scope": SEARCH["scope"], "directContentsSource": {"events": [{"content": _SAID}]}}
_FIRST_CALLS: dict[str, tuple[str, str, Any]] = {
    "engines": ("GET", BASE, None),
    "generate": ("POST", f"{BASE}/memories:generate", _GENERATE),
    "memories": ("GET", f"{BASE}/memories/none", None),
    "operations": ("GET", f"{BASE}/operations/none", None),
    "retrieve": ("POST", f"{BASE}/memories:retrieve", SEARCH),
    "revisions": ("GET", f"{BASE}/memories/none/revisions", None),
    "rollback": ("POST", f"{BASE}/memories/none:rollback", {"targetRevisionId": "1"}),
    "sweep": ("POST", "/", {}),
    "worker": ("POST", "/", {"operation": f"{ENGINE}/operations/none", "task": "none"}),
}
"""A call per function that asks its store something."""


@dataclass(frozen=True)
class _Side:
    """A function that finds memories: how an instance starts, and one search."""

    start: Callable[[], Any]
    search: Callable[[Client], Any]


@dataclass(frozen=True)
class _Waking:
    """Seconds from the start of a process to its first answer, the CPU that they took, and MiB held then."""

    wall: float
    cpu: float
    memory: tuple[float, float]


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    with bank_on_firestore.running() as bank, CloudTasksServer() as tasks:
        if isinstance(bank, str):
            return [Row(f"not measured: {bank}", "")]
        tasks.client().create_queue(parent=ENGINE.parent, queue={"name": QUEUE})
        tasks.client().pause_queue(name=QUEUE)  # no worker runs here
        variables = environment(bank.host, tasks=tasks.address)
        asked = {**variables, "BARE_SEARCH": json.dumps(_bare_search())}
        ours = _Side(partial(instance, "retrieve", variables), _retrieve)
        bare = _Side(partial(instance, "search", asked, folder=_BARE), _bare)
        return [*_wakings(ours, bare), *_warm(ours, bare), *replayed.measure(), *_idle(variables)]


def _bare_search() -> dict[str, Any]:
    """Return what the bare function is to ask for: to the letter what the bank asks Firestore for."""
    [vector] = OfflineEmbedder().embed([QUESTION], purpose=Purpose.QUERY)
    where = bank_on_firestore.conditions()
    collection = f"{ENGINE.path}/memories"
    found = {"project": PROJECT, "collection": collection, "where": where, "limit": FOUND}
    return {**found, "fields": MEMORY_FIELDS, "vector": vector.values}


def _retrieve(client: Client) -> None:
    _expect(client.call("POST", f"{BASE}/memories:retrieve", SEARCH)["retrievedMemories"])


def _bare(client: Client) -> None:
    _expect(client.call("GET", "/"))


def _expect(found: Sequence[Any]) -> None:
    if len(found) != FOUND:
        raise RuntimeError(f"{len(found)} memories were found instead of {FOUND}")


def _wakings(ours: _Side, bare: _Side) -> list[Row]:
    found: dict[int, list[_Waking]] = {0: [], 1: []}
    for number in range(-1, _STARTS):  # the first reads all files from the disk and writes bytecode
        for side in (0, 1) if number % 2 else (1, 0):
            waking = _wake((ours, bare)[side])
            if number >= 0:
                found[side].append(waking)
    mine, floor = found[0], found[1]
    against = "bare functions-framework + Firestore"
    return [
        compared(
            "process start to first answered retrieve",
            [w.wall for w in mine],
            against=against,
            floor=[w.wall for w in floor],
            goal=_MOST_RATIO,
        ),
        compared(
            "the fastest of each", [min(w.wall for w in mine)], against=against, floor=[min(w.wall for w in floor)]
        ),
        compared("CPU until then", [w.cpu for w in mine], against=against, floor=[w.cpu for w in floor]),
        Row("resident / proportional memory then", _sizes(mine), against=against, floor=_sizes(floor)),
    ]


def _wake(side: _Side) -> _Waking:
    begun = time.perf_counter()
    with side.start() as started, started.client() as client:
        side.search(client)
        wall = time.perf_counter() - begun
        return _Waking(wall, started.cpu(), started.memory())


def _sizes(wakings: Sequence[_Waking]) -> str:
    return _size((median(w.memory[0] for w in wakings), median(w.memory[1] for w in wakings)))


def _size(memory: tuple[float, float]) -> str:
    return f"{memory[0]:.0f} / {memory[1]:.0f} MiB"


def _warm(ours: _Side, bare: _Side) -> list[Row]:
    with ours.start() as mine, bare.start() as floor:
        runs = [(mine, ours), (floor, bare)]
        alone = _turns(runs, _BATCHES, lambda each, side: _batch(each, side, threads=1, requests=_REQUESTS))
        crowd = _turns(runs, _CROWDS, lambda each, side: _batch(each, side, threads=_THREADS, requests=_EACH))
    against = "bare function"
    walls, cpus = ([[pair[index] for pair in side] for side in alone] for index in (0, 1))
    one, many = [median(side) for side in walls], [median(wall for wall, _ in side) for side in crowd]
    rate = many[1] / many[0]
    return [
        compared("warm retrieve, one client", walls[0], against=against, floor=walls[1]),
        compared("CPU of the instance per warm retrieve", cpus[0], against=against, floor=cpus[1]),
        Row(
            f"{_THREADS} client threads on one instance: retrieves per second",
            f"{1 / many[0]:.0f}",
            against=against,
            floor=f"{1 / many[1]:.0f}",
            ratio=f"{rate:.2f}x",
            goal=f">= {_LEAST_RATE:g}x",
            met=rate >= _LEAST_RATE,
        ),
        Row(
            "gain over one client",
            f"{one[0] / many[0]:.1f}x",
            against=against,
            floor=f"{one[1] / many[1]:.1f}x",
        ),
    ]


def _turns(
    runs: Sequence[tuple[Instance, _Side]], rounds: int, batch: Callable[[Instance, _Side], tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """Return what each side took in each round; they take turns, and the first round is to get warm."""
    found: list[list[tuple[float, float]]] = [[] for _ in runs]
    for number in range(-1, rounds):
        for index in (0, 1) if number % 2 else (1, 0):
            taken = batch(*runs[index])
            if number >= 0:
                found[index].append(taken)
    return found


def _batch(started: Instance, side: _Side, *, threads: int, requests: int) -> tuple[float, float]:
    """Return the seconds, and those of the instance's CPU, per request of threads that send so many each."""
    with ExitStack() as stack, ThreadPoolExecutor(threads) as pool:
        clients = [stack.enter_context(started.client()) for _ in range(threads)]
        used, begun = started.cpu(), time.perf_counter()
        list(pool.map(lambda client: [side.search(client) for _ in range(requests)], clients))
        wall, cpu = time.perf_counter() - begun, started.cpu() - used
    return wall / threads / requests, cpu / threads / requests


def _idle(variables: dict[str, str]) -> list[Row]:
    return [_idle_row(name, variables) for name in FUNCTIONS]


def _idle_row(name: str, variables: dict[str, str]) -> Row:
    with instance(name, variables) as started, started.client() as client:
        client.call("GET", "/health")
        idle = _size(started.memory())
        first = _FIRST_CALLS.get(name)
        if first is not None:
            client.call(*first, expect=(200, 400, 404))
        after = _size(started.memory()) if first else ""
        against = "after its first call" if first else ""
        return Row(f"{name}: resident / proportional memory, idle", idle, against=against, floor=after)
