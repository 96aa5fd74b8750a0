"""A thought experiment with the real code: production's load on queue, lease and worker, in virtual time.

Accepting, extracting, matching, deciding, leasing and committing are the bank's own code on a real store. What takes
time is made up: a call of the store, of the embedder, of the model, and a delivery of the queue. Nothing is measured
but what follows from policy: how long generations wait, how many workers they take, how many model calls they cost.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from memorybank.bank import engines, worker
from memorybank.bank.config_cache import ConfigCache
from memorybank.bank.generation import accept
from memorybank.bank.ports import BankRules
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import DocumentStore, Query, Vector
from memorybank.ports.models import Embedder, Purpose
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import EngineName
from memorybank.resources.operation_kinds import GENERATE_MEMORIES
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.frozen import START, CountingIds
from memorybank.testing.scripted import ScriptedModel
from tests.benchmarks.measuring import Row, duration
from tests.benchmarks.timeline import Pool, Timeline

TITLE = "Load in virtual time (500 generates a second for 2 s; store 10 ms, embedding 50 ms, model 1.2 s a call)"

_PER_SECOND, _SECONDS = 500, 2
_STORE, _EMBED, _MODEL, _DELIVERY = 0.010, 0.050, 1.2, 0.020
_PLENTY = 2000
ENGINE = EngineName("scale", "us-central1", "1")

Scopes = Callable[[random.Random], int]


@dataclass
class Simulation:
    """One run: a load, on so many workers at once, with scopes chosen at random by `scopes`."""

    store: DocumentStore
    scopes: Scopes
    workers: int = _PLENTY
    seconds: float = _SECONDS
    timeline: Timeline = field(default_factory=Timeline)
    deliveries: int = 0
    calls: dict[str, int] = field(default_factory=dict)

    def run(self) -> list[float]:
        """Let it all happen, and return the seconds that each generation took from its acceptance to its end."""
        self.pool = Pool(self.timeline, workers=self.workers)
        self.model = ScriptedModel()
        self.ports: Any = SlowPorts(self)
        engine = ReasoningEngine.model_validate({})
        engines.create(self.ports, ENGINE, engine)
        chance = random.Random(7)  # noqa: S311 - no secret; the same run every time
        for number in range(int(_PER_SECOND * self.seconds)):
            self.timeline.at(number / _PER_SECOND, self._arrival(number, f"u{self.scopes(chance)}"))
        self.timeline.run()
        return self._latencies()

    def deliver(self, task: Task, number: int = 1) -> None:
        """Have a worker take a task, again a second later if it fails."""

        def work() -> None:
            self.deliveries += 1
            try:
                worker.run(self.ports, Attempt(task, number, final=False))
            except Exception:  # noqa: BLE001 - as the queue does
                self.timeline.at(self.timeline.seconds + 2**number, lambda: self.deliver(task, number + 1))

        self.pool.do(work)

    def spent(self, what: str, seconds: float) -> None:
        """Count a call and let its time pass."""
        self.calls[what] = self.calls.get(what, 0) + 1
        self.timeline.sleep(seconds)

    def _arrival(self, number: int, user: str) -> Callable[[], None]:
        events = [{"content": {"role": "user", "parts": [{"text": f"I like the tea of shop {number}"}]}}]
        body = {"scope": {"user_id": user}, "directContentsSource": {"events": events}}
        request = GenerateMemoriesRequest.model_validate(body)
        return lambda: void(accept.accept(self.ports, ENGINE, request))

    def _latencies(self) -> list[float]:
        found: list[float] = []
        after = None
        while True:
            fields = ("create_time", "update_time", "done", "error", "kind")
            page = self.store.query(Query(f"{ENGINE.path}/operations", after=after, limit=1000, fields=fields))
            for document in page:
                data = document.data
                if data["kind"] == GENERATE_MEMORIES.name:
                    if not data["done"] or data["error"]:
                        raise RuntimeError("a generation did not end well")
                    found.append((data["update_time"] - data["create_time"]).total_seconds())
            if len(page) < 1000:
                return sorted(found)
            after = (page[-1].path,)


def void(_: object) -> None:
    """Return nothing."""


class SlowPorts:
    """The ports of a simulation, whose calls take its time."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.embedder: Embedder
        self.store, self.ids = _SlowStore(simulation), CountingIds()
        self.queue, self.model, self.embedder = self, _SlowModel(simulation), _SlowEmbedder(simulation)
        self.clock = simulation.timeline
        self.configs = ConfigCache(timedelta(seconds=60))
        self.rules = BankRules()

    def enqueue(self, task: Task) -> None:
        """Have the task delivered."""
        simulation = self._simulation
        wanted = 0.0 if task.run_at is None else (task.run_at - START).total_seconds()
        moment = max(wanted, simulation.timeline.seconds) + _DELIVERY
        simulation.timeline.at(moment, lambda: simulation.deliver(task))


class _SlowStore:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._simulation.store, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._simulation.spent(name, _STORE)
            return method(*arguments, **named)

        return call


class _SlowModel:
    name = "made up"

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def extract(self, request: Any) -> Any:
        self._simulation.spent("extract", _MODEL)
        return self._simulation.model.extract(request)

    def decide(self, request: Any) -> Any:
        self._simulation.spent("decide", _MODEL)
        return self._simulation.model.decide(request)


class _SlowEmbedder:
    def __init__(self, simulation: Simulation) -> None:
        self._simulation, self._embedder = simulation, OfflineEmbedder()

    def resolve(self, model: str | None) -> str:
        return self._embedder.resolve(model)

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        self._simulation.spent("embed", _EMBED)
        return self._embedder.embed(texts, purpose=purpose, model=model)


def anybody(chance: random.Random) -> int:
    """Choose one of ten million users, each as likely."""
    return chance.randrange(10_000_000)


def skewed(chance: random.Random) -> int:
    """Choose by a law of Zipf, cut at a million users: the first has one call in 14, the hundredth one in 1,400."""
    return int(math.exp(chance.random() * math.log(1_000_000)))


def one_in_five(chance: random.Random) -> int:
    """Choose one and the same user for every fifth call: a shared scope, or a runaway agent."""
    return 0 if chance.random() < 0.2 else anybody(chance)


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    rows = []
    for name, scopes, workers in (
        ("10 M users, alike", anybody, _PLENTY),
        ("1 M users by Zipf", skewed, _PLENTY),
        ("one scope has 100 a second", one_in_five, _PLENTY),
        ("10 M users, 640 workers at once", anybody, 640),
    ):
        store = SqliteStore(":memory:")
        simulation = Simulation(store, scopes, workers=workers)
        rows += _rows(name, simulation, simulation.run())
        store.close()
    return rows


def _rows(name: str, simulation: Simulation, seconds: list[float]) -> list[Row]:
    count = len(seconds)
    picked = (seconds[max(0, math.ceil(count * share) - 1)] for share in (0.5, 0.99, 1.0))
    models = sum(simulation.calls.get(kind, 0) for kind in ("extract", "decide")) / count
    return [
        Row(f"{name}: accepted to done, p50 / p99 / max", " / ".join(map(duration, picked))),
        Row(
            f"{name}: model calls, deliveries, commits per generate; workers at once; backlog",
            f"{models:.2f}, {simulation.deliveries / count:.2f}, {simulation.calls['commit'] / count:.2f}; "
            f"{simulation.pool.most}; {simulation.pool.longest_backlog}",
        ),
    ]
