"""One bank on the Firestore emulator and the Cloud Tasks double, to be troubled and then looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Self
from uuid import uuid4

from memorybank.bank import engines, worker
from memorybank.bank.generation import accept
from memorybank.bank.memories import crud
from memorybank.errors import MemoryBankError
from memorybank.ports.clock import Clock
from memorybank.ports.documents import Document, Order, Query
from memorybank.ports.models import LanguageModel
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName
from memorybank.resources.operation_kinds import GENERATE_MEMORIES
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import parse
from memorybank.tasks.cloud_tasks import attempt_of
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.fault_proxy import CLOUD_TASKS, FIRESTORE, FaultProxy
from memorybank.testing.scripted import ScriptedModel
from tests.contract.cloud_tasks_worker import CloudTasksWorker, Receiver
from tests.faults.sides import (
    KNOWN,
    MAX_ATTEMPTS,
    PAST_A_LEASE,
    REPEATED,
    SCOPE,
    Place,
    ShiftedClock,
    Side,
    moves,
    open_side,
)
from tests.waiting import PATIENCE, until

_SHORT = 2.0
"""Seconds after which a call that hangs is given up: long enough to arrive."""


def receiver_of(side: Side) -> Receiver:
    """Return what a worker of these ports does with a delivery."""

    def receive(headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        worker.run(side, attempt_of(headers, body, max_attempts=MAX_ATTEMPTS))

    return receive


def refuse(headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
    """Be what receives deliveries before there is a worker."""
    raise AssertionError("a task was delivered before there was a worker")


class Bench:
    """A bank in a project and a queue of its own, for as long as it is entered; it knows two facts of one scope."""

    def __init__(self, firestore: str, tasks: CloudTasksServer) -> None:
        project = f"p-{uuid4().hex[:12]}"
        self._parent = f"projects/{project}/locations/us-central1"
        self.engine = EngineName(project, "us-central1", "1")
        self.place = Place(project, f"{self._parent}/queues/work", firestore, tasks.address)
        self._server, self._tasks = tasks, tasks.client()
        self._stack = ExitStack()
        self._truth = open_side(self._stack, self.place, "http://127.0.0.1:9/", model=ScriptedModel())

    def __enter__(self) -> Self:
        retrying = {"min_backoff": timedelta(milliseconds=50), "max_attempts": MAX_ATTEMPTS + 2}
        queue = {"name": self.place.queue, "retry_config": retrying}
        self._tasks.create_queue(parent=self._parent, queue=queue)
        engines.create(self._truth, self.engine, ReasoningEngine())
        for fact in (KNOWN, REPEATED):
            crud.create(self._truth, self.engine, Memory(fact=fact, scope=SCOPE), memory_id=None)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def side(self, worker_url: str, *, model: LanguageModel | None = None, clock: Clock | None = None) -> Side:
        """Open the ports of a process without a proxy."""
        model = model or ScriptedModel(decide=moves)
        return open_side(self._stack, self.place, worker_url, model=model, clock=clock)

    def troubled(
        self,
        worker_url: str,
        *,
        model: LanguageModel | None = None,
        clock: Clock | None = None,
        hanging: int | None = None,
    ) -> tuple[Side, FaultProxy]:
        """Open the ports of a process with a proxy before all that it calls; the call of index `hanging` will hang."""
        proxy = FaultProxy({FIRESTORE: self.place.firestore, CLOUD_TASKS: self.place.tasks})
        address = self._stack.enter_context(proxy).address
        place = self.place._replace(firestore=address, tasks=address)
        model = model or ScriptedModel(decide=moves)

        def deadline() -> float:
            return _SHORT if len(proxy.calls) == hanging else PATIENCE

        return open_side(self._stack, place, worker_url, model=model, clock=clock, deadline=deadline), proxy

    def listen(self) -> CloudTasksWorker:
        """Start a worker's HTTP server; its `receiver` is set before the first task is accepted."""
        return self._stack.enter_context(CloudTasksWorker(refuse))

    def accept(self, side: Side, *facts: str, **fields: Any) -> str:
        """Accept a generation and return its operation's name; `fields` are added to the request."""
        event = {"content": {"role": "user", "parts": [{"text": "\n".join(facts)}]}}
        source = {"directContentsSource": {"events": [event]}}
        return accept.accept(
            side, self.engine, parse(GenerateMemoriesRequest, {"scope": SCOPE, **source, **fields})
        ).name

    def accept_until_told(self, side: Side, *facts: str) -> tuple[str, int]:
        """Accept as a client does that asks again after an error; return the name and how often it failed."""
        for failures in range(3):
            try:
                return self.accept(side, *facts), failures
            except MemoryBankError:
                continue
        return self.accept(side, *facts), 3

    def deliver_again(self) -> None:
        """Have Cloud Tasks deliver each task once more, though it is being worked on."""
        for task in self._tasks.list_tasks(parent=self.place.queue):
            self._tasks.run_task(name=task.name)

    def operations(self) -> list[Document]:
        """Return all generations, finished or not."""
        found = self._truth.store.query(Query(f"{self.engine.path}/operations", limit=100_000))
        return [document for document in found if document.data["kind"] == GENERATE_MEMORIES.name]

    def all_done(self) -> bool:
        """Tell whether every generation has ended."""
        return all(document.data["done"] for document in self.operations())

    def finished(self, *, clock: ShiftedClock | None = None) -> list[Document]:
        """Wait until nothing waits in the queue, and return all generations: each must be done, without an error.

        A clock is moved on past what waits for a lease to end, as often as nothing else is to be done.
        """

        def empty() -> bool:
            waiting = list(self._tasks.list_tasks(parent=self.place.queue))
            if waiting and clock is not None and self._server.wait_idle(timedelta(0)):
                clock.jump(PAST_A_LEASE)
            return not waiting

        self.wait(empty)
        found = self.operations()
        for document in found:
            assert document.data["done"], document
            assert document.data["error"] is None, document
            assert document.data["waiting_scope"] is None, document
        return found

    def check_rest(self) -> None:
        """Check that nobody holds the scope's lease and that no sweep would find work, now or later."""
        [scope] = self._truth.store.query(Query(f"{self.engine.path}/scopes"))
        assert scope.data["owner"] is None
        assert [document for document in self.operations() if document.data["stalled_at"] is not None] == []
        assert [path for path in self._truth.store.below(self.engine.path, limit=1000) if "/parts/" in path] == []

    def known(self) -> dict[str, list[str]]:
        """Return the wordings of every memory, newest first, by its present one; a fact must not be there twice."""
        found = self._truth.store.query(Query(f"{self.engine.path}/memories", limit=1000))
        assert max(Counter(memory.data["fact"] for memory in found).values()) == 1, found
        assert {memory.data["scope_key"] for memory in found} == {scope_key(SCOPE)}
        return {memory.data["fact"]: self._wordings(memory) for memory in found}

    def wait(self, settled: Callable[[], bool]) -> None:
        """Wait until something has come true."""
        until(settled, state=self.operations)

    def _wordings(self, memory: Document) -> list[str]:
        order = (Order("sequence", descending=True),)
        revisions = self._truth.store.query(Query(f"{memory.path}/revisions", order=order, limit=1000))
        assert memory.data["latest_revision"] == revisions[0].id
        return [revision.data["snapshot"]["fact"] for revision in revisions]
