"""What a call costs: its RPCs, counted by proxies between functions and the emulator and Cloud Tasks' double."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from memorybank.resources.names import path_of
from memorybank.storage.firestore import FirestoreStore
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from tests.benchmarks import bank_on_firestore, filling
from tests.benchmarks.bank_on_firestore import SEARCH, USER
from tests.benchmarks.counting_proxy import CountingProxy, Tally
from tests.benchmarks.instances import BASE, QUEUE, Client, environment, free_port, instance
from tests.benchmarks.measuring import Row
from tests.benchmarks.serving import ENGINE

TITLE = "Calls of Google Cloud per call of a function, counted"

_FINISHED = timedelta(seconds=60)
_KILO = 1000
_OWN = f"scope={json.dumps(json.dumps(filling.scope(USER)))}"
_NEW = "Please remember that door {} is blue."


_CASES = (
    ("1 fact into an empty scope, first call of an instance", "a", range(1, 2)),
    ("1 fact into an empty scope", "b", range(1, 2)),
    ("1 fact into a scope that knows some", "b", range(2, 3)),
    ("5 facts into that scope", "b", range(3, 8)),
    ("5 facts that it knows word for word", "b", range(3, 8)),
)
"""What is generated, for whom and about which doors."""


@dataclass(frozen=True)
class _Goal:
    """What a call may cost at most; vectors it may never read."""

    reads: int
    commits: int = 0
    tasks: int = 0

    def __str__(self) -> str:
        """Return the goal for the table."""
        parts = {"read" if self.reads == 1 else "reads": self.reads, "Commit": self.commits, "CreateTask": self.tasks}
        return "<= " + " + ".join(f"{count} {what}" for what, count in parts.items() if count)

    def met(self, store: Tally, tasks: Tally) -> bool:
        """Tell whether calls are within the goal."""
        few = store.reads <= self.reads and store.commits <= self.commits and len(tasks.rpcs) <= self.tasks
        return few and store.vectors == 0


@dataclass(frozen=True)
class _Function:
    """An instance behind proxies of its own."""

    client: Client
    store: CountingProxy
    tasks: CountingProxy

    def counted(self, what: str, act: Callable[[], object], goal: _Goal | None = None) -> Row:
        """Return the line of what happens between this instance and Google Cloud while something is done."""
        self.store.taken(), self.tasks.taken()
        act()
        store, tasks = self.store.taken(), self.tasks.taken()
        return Row(
            what,
            str(Tally((*store.rpcs, *tasks.rpcs))),
            against="received",
            floor=f"{store.received / _KILO:.1f} kB, {store.vectors or 'no'} vectors",
            goal="" if goal is None else str(goal),
            met=None if goal is None else goal.met(store, tasks),
        )


@dataclass(frozen=True)
class _Deployment:
    """Where functions find what they need, and how their instances start behind proxies."""

    firestore: str
    tasks: CloudTasksServer
    worker_port: int

    @contextmanager
    def function(self, name: str) -> Iterator[_Function]:
        """Start an instance."""
        with CountingProxy(self.firestore) as store, CountingProxy(self.tasks.address) as tasks:
            worker = f"http://127.0.0.1:{self.worker_port}"
            variables = environment(store.address, tasks=tasks.address, worker=worker)
            port = self.worker_port if name == "worker" else free_port()
            with instance(name, variables, port=port) as started, started.client() as client:
                client.call("GET", "/health")
                yield _Function(client, store, tasks)


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    with bank_on_firestore.running() as bank, CloudTasksServer() as tasks:
        if isinstance(bank, str):
            return [Row(f"not measured: {bank}", "")]
        tasks.client().create_queue(parent=ENGINE.parent, queue={"name": QUEUE})
        deployment = _Deployment(bank.host, tasks, free_port())
        return [*_retrieves(deployment), *_memories(deployment), *_generations(deployment, bank.store)]


def _retrieves(deployment: _Deployment) -> Iterator[Row]:
    page = {"scope": filling.scope(USER), "simpleRetrievalParams": {"pageSize": 10}}
    with deployment.function("retrieve") as function:
        similar = _posting(function, "memories:retrieve", SEARCH)
        yield function.counted("retrieve by similarity, first call of an instance", similar, _Goal(reads=2))
        yield function.counted("retrieve by similarity, any other within a minute", similar, _Goal(reads=1))
        yield function.counted("retrieve, page of 10", _posting(function, "memories:retrieve", page), _Goal(reads=1))


def _memories(deployment: _Deployment) -> Iterator[Row]:
    path = f"{BASE}/memories/{USER}-0"
    fact = {"fact": "I like tea", "scope": filling.scope(USER)}
    listed = f"{BASE}/memories?{urlencode({'pageSize': 10, 'filter': _OWN})}"
    with deployment.function("memories") as function:
        client = function.client
        yield function.counted("memories.get", lambda: client.call("GET", path), _Goal(reads=1))
        yield function.counted("memories.list, page of 10", lambda: client.call("GET", listed))
        yield function.counted("memories.create", _posting(function, "memories", fact))
        changed = f"{path}?updateMask=fact"
        yield function.counted("memories.patch of the fact", lambda: client.call("PATCH", changed, {"fact": "I ski"}))
        yield function.counted("memories.delete", lambda: client.call("DELETE", path))


def _generations(deployment: _Deployment, store: FirestoreStore) -> Iterator[Row]:
    with deployment.function("generate") as accepting, deployment.function("worker") as working:

        def accept(user: str, doors: range) -> str:
            answer = accepting.client.call("POST", f"{BASE}/memories:generate", _conversation(user, doors))
            return str(answer["name"])

        def generate(user: str, doors: range) -> None:
            name = accept(user, doors)
            _finish(deployment)
            _check(store, name, len(doors))

        for what, user, doors in _CASES:
            goal = _Goal(reads=3 + len(doors), commits=2)
            yield working.counted(f"worker: {what}", partial(generate, user, doors), goal)
        yield accepting.counted(
            "generate, accepted", partial(accept, "a", range(1)), _Goal(reads=1, commits=1, tasks=1)
        )
        _finish(deployment)


def _posting(function: _Function, verb: str, body: Mapping[str, Any]) -> Callable[[], object]:
    return lambda: function.client.call("POST", f"{BASE}/{verb}", body)


def _conversation(user: str, doors: range) -> dict[str, Any]:
    """Return a generate request in which a user says one thing per door."""
    events = [{"content": {"role": "user", "parts": [{"text": _NEW.format(door)}]}} for door in doors]
    return {"scope": filling.scope(user), "directContentsSource": {"events": events}}


def _finish(deployment: _Deployment) -> None:
    if not deployment.tasks.wait_idle(_FINISHED):
        raise RuntimeError("the worker did not finish")


def _check(store: FirestoreStore, operation: str, facts: int) -> None:
    """Fail unless an operation has ended with a change per fact."""
    document = store.get(path_of(operation))
    response = None if document is None else json.loads(document.data["response"] or "null")
    if response is None or len(response["generatedMemories"]) != facts:
        raise RuntimeError(f"{response} came of {facts} facts")
