"""A bank without HTTP and threads, for tests of policy: an in-memory store, a scripted model, a frozen clock."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from memorybank.bank import engines, operations, worker
from memorybank.bank.config_cache import ConfigCache
from memorybank.bank.generation import accept
from memorybank.bank.generation.lease import Lease, acquire, refresh
from memorybank.bank.memories import crud
from memorybank.bank.memories.records import MemoryRecord, record_of
from memorybank.bank.ports import BankRules
from memorybank.errors import Aborted
from memorybank.local.bank import LocalAdapters
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Document, DocumentStore, Order, Query, Version, Write
from memorybank.ports.models import Action, Decision, DecisionRequest, Embedder
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName, path_of
from memorybank.resources.operation import Operation
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import parse
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.frozen import CountingIds, FrozenClock
from memorybank.testing.scripted import ScriptedModel

SCOPE = {"user_id": "ada"}
_MOMENT = timedelta(microseconds=1)
_ENGINE = EngineName("p", "us-central1", "1")


@dataclass(frozen=True)
class Says:
    """What a scripted model decides of a fact: `candidate` is the text of one that is offered, or any number."""

    fact: str
    action: Action
    candidate: str | int | None = None
    text: str | None = None


def decides(*rules: Says) -> Callable[[DecisionRequest], Sequence[Decision]]:
    """Make a script that applies the rules whose fact is asked about and whose candidate is offered for it."""

    def decide(request: DecisionRequest) -> list[Decision]:
        texts = {candidate.number: candidate.fact for candidate in request.candidates}
        found = []
        for index, new in enumerate(request.facts):
            for rule in (rule for rule in rules if rule.fact == new.fact):
                numbers = [rule.candidate] if not isinstance(rule.candidate, str) else new.candidates
                found += [
                    Decision(index, rule.action, candidate=number, text=rule.text)
                    for number in numbers
                    if not isinstance(rule.candidate, str) or texts.get(number or 0) == rule.candidate
                ]
        return found

    return decide


class Interfering:
    """A store in front of another one, that calls `before` with the writes of every commit, just before it."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self.before: Callable[[Sequence[Write]], None] | None = None
        self.get, self.get_many, self.query, self.count = store.get, store.get_many, store.query, store.count
        self.nearest, self.below, self.close = store.nearest, store.below, store.close
        self.scrub = store.scrub

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Interfere, then commit."""
        if self.before is not None:
            self.before(writes)
        return self._store.commit(writes)


@dataclass(frozen=True)
class Policy:
    """A bank with one engine, whose tasks are delivered by hand."""

    ports: LocalAdapters
    engine: EngineName
    clock: FrozenClock
    requested: list[datetime] = field(default_factory=list)

    def accept(self, *lines: str, scope: dict[str, str] | None = None, **fields: Any) -> str:
        """Accept a generation from a conversation of these lines and return the operation's name."""
        events = [{"content": {"role": "user", "parts": [{"text": line} for line in lines]}}]
        return self.accept_source(directContentsSource={"events": events}, scope=scope or SCOPE, **fields)

    def accept_source(self, **fields: Any) -> str:
        """Accept a generation from whatever source the fields give and return the operation's name."""
        request = parse(GenerateMemoriesRequest, {"scope": SCOPE, **fields})
        if self.clock.now() in self.requested:
            self.clock.advance(_MOMENT)  # waiting generations are read in the order of their requests
        self.requested.append(self.clock.now())
        return accept.accept(self.ports, self.engine, request).name

    def deliver(self, name: str, *, number: int = 1, final: bool = False) -> None:
        """Deliver the task of an operation."""
        worker.run(self.ports, Attempt(Task(name.rpartition("/")[2], name), number, final=final))

    def generate(self, *lines: str, **fields: Any) -> list[str]:
        """Generate and return the actions of the outcome."""
        name = self.accept(*lines, **fields)
        self.deliver(name)
        return self.actions(name)

    def remember(self, fact: str, **fields: Any) -> str:
        """Create a memory without generation and return its path."""
        memory = parse(Memory, {"fact": fact, "scope": SCOPE, **fields})
        operation = crud.create(self.ports, self.engine, memory, memory_id=None)
        assert operation.response is not None
        return path_of(operation.response["name"])

    def operation(self, name: str) -> Operation:
        """Return an operation."""
        parent, _, identifier = name.rpartition("/operations/")
        return operations.get(self.ports, self.engine, identifier, parent=parent)

    def actions(self, name: str) -> list[str]:
        """Return what a finished operation did, in the order of its facts."""
        operation = self.operation(name)
        assert operation.done, name
        assert operation.error is None, operation.error
        assert operation.response is not None
        return [change["action"] for change in operation.response.get("generatedMemories", [])]

    def records(self) -> list[MemoryRecord]:
        """Return all memories, oldest first."""
        query = Query(f"{self.engine.path}/memories", order=(Order("create_time"),), limit=1000)
        return [record_of(document) for document in self.ports.store.query(query)]

    def facts(self) -> list[str]:
        """Return the facts of all memories, sorted."""
        return sorted(record.fact for record in self.records())

    def record(self, fact: str) -> MemoryRecord:
        """Return the only memory of a fact."""
        [found] = [record for record in self.records() if record.fact == fact]
        return found

    def revisions(self, path: str) -> list[Document]:
        """Return the revisions of a memory, oldest first."""
        return self.ports.store.query(Query(f"{path}/revisions", order=(Order("sequence"),), limit=1000))

    def hold_lease(self, *, owner: str = "somebody") -> Lease:
        """Take the lease of the scope, as another holder would."""
        path = self.engine.child("scopes", scope_key(SCOPE))
        lease, _ = acquire(self.ports, path, owner=owner)
        assert isinstance(lease, Lease)
        return lease

    def end_lease(self, lease: Lease) -> None:
        """End a lease without having done anything; those who wait beside it go on waiting."""
        present = refresh(self.ports, lease)
        if present is None:
            raise Aborted("the lease is lost")
        self.ports.store.commit([present.release(emptied=False)])

    def wait(self, *names: str) -> None:
        """Bring operations to where their facts wait beside the lease, which somebody holds meanwhile."""
        lease = self.hold_lease()
        for name in names:
            self.deliver(name)
            assert not self.operation(name).done
        self.end_lease(lease)

    def interfere(self, before: Callable[[Sequence[Write]], None]) -> None:
        """Call `before` with the writes of every commit from now on, just before it."""
        assert isinstance(self.ports.store, Interfering)
        self.ports.store.before = before

    def cancel(self, name: str) -> None:
        """Cancel an operation."""
        operations.cancel(self.ports, self.engine, name.rpartition("/")[2], parent=str(self.engine))

    def tasks(self) -> list[Document]:
        """Return what waits in the queue, the next one first."""
        return self.ports.store.query(Query("tasks", order=(Order("run_at"),), limit=1000))


def open_policy(
    model: ScriptedModel | None = None,
    *,
    config: dict[str, Any] | None = None,
    wrap: Callable[[DocumentStore], DocumentStore] = lambda store: store,
    store: DocumentStore | None = None,
    embedder: Embedder | None = None,
    cached: timedelta = timedelta(0),
    rules: BankRules | None = None,
) -> Policy:
    """Open a bank in memory or in a `store`; `wrap` may put one around it, configurations are `cached` so long."""
    clock = FrozenClock()
    store = wrap(store or SqliteStore(":memory:"))
    queue = InProcessQueue(store, clock=clock)  # never started: tests deliver by hand
    model, embedder = model or ScriptedModel(), embedder or OfflineEmbedder()
    ports = LocalAdapters(
        store, queue, model, embedder, clock, CountingIds(), ConfigCache(cached), rules or BankRules()
    )
    memory_bank = parse(MemoryBankConfig, config or {})
    engine = ReasoningEngine.model_validate({"contextSpec": {"memoryBankConfig": memory_bank.to_wire()}})
    engines.create(ports, _ENGINE, engine)
    policy = Policy(ports, _ENGINE, clock)
    weakref.finalize(policy, store.close)
    return policy


class Meddler:
    """Changes memories just before the commit that finishes operations, the first time or every time."""

    def __init__(self, meddle: Callable[[], None], *, times: int = 1) -> None:
        self._meddle, self._left = meddle, times

    def __call__(self, writes: Sequence[Write]) -> None:
        finishes = any("/operations/" in write.path and getattr(write, "data", {}).get("done") for write in writes)
        generates = any("/scopes/" in write.path for write in writes)
        if finishes and generates and self._left:
            self._left -= 1
            self._meddle()


def everything(policy: Policy) -> Any:
    """Return every document of the engine, by path."""
    paths = policy.ports.store.below(policy.engine.path, limit=1000)
    return {path: policy.ports.store.get(path) for path in paths}


def deliver_until_final(policy: Policy, name: str) -> None:
    """Deliver a task as a queue does: again after a failure, the third time for the last time."""
    for number in (1, 2, 3):
        try:
            policy.deliver(name, number=number, final=number == 3)
        except (ValueError, Aborted):
            continue
        return


def look_back(policy: Policy) -> None:
    """Deliver all tasks that wait for their time, in order."""
    for task in policy.tasks():
        policy.clock.set(max(policy.clock.now(), task.data["run_at"]))
        deliver_until_final(policy, task.data["body"])
