"""A bank without HTTP and threads into which events are ingested, and what has become of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from memorybank.bank import worker
from memorybank.bank.generation import accept
from memorybank.bank.ingestion import ingest
from memorybank.ports.documents import Delete, Document, DocumentStore, Query
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import GENERATE_MEMORIES
from memorybank.resources.wire import parse
from tests.unit.policy import SCOPE, Policy, open_policy

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def event(text: str, *, identifier: str | None = None, time: str | None = None) -> dict[str, Any]:
    """Return an event of a user who says something."""
    found: dict[str, Any] = {"content": {"role": "user", "parts": [{"text": text}]}}
    found |= {"eventId": identifier} if identifier else {}
    return found | ({"eventTime": time} if time else {})


def rule(**fields: Any) -> dict[str, Any]:
    """Return the part of a request that says when to flush."""
    return {"generationTriggerConfig": {"generationRule": fields}}


@dataclass(frozen=True)
class Streaming:
    """A bank, and what is said in its streams; its tasks are delivered by hand."""

    policy: Policy

    def ingest(self, *events: dict[str, Any] | str, scope: dict[str, str] | None = None, **fields: Any) -> Operation:
        """Ingest events, each given whole or as what is said in it."""
        said = [event(each) if isinstance(each, str) else each for each in events]
        source = {"directContentsSource": {"events": said}} if said else {}
        request = parse(IngestEventsRequest, {"scope": scope or SCOPE, **source, **fields})
        return ingest.ingest(self.policy.ports, self.policy.engine, request)

    def requests(self) -> list[GenerateMemoriesRequest]:
        """Return what was asked of each generation that has begun, in order; none of them may have been delivered."""
        started = sorted(
            self.operations_of(GENERATE_MEMORIES.name), key=lambda document: (document.data["create_time"], document.id)
        )
        return [accept.request_of(self.policy.ports, document) for document in started]

    def heard(self) -> list[list[str]]:
        """Return what each generation is to read."""
        return [
            [part.text or "" for each in request.direct_contents_source.events for part in each.content.parts]
            for request in self.requests()
            if request.direct_contents_source
        ]

    def operation(self, operation: Operation) -> Operation:
        """Return an operation as it is now."""
        return self.policy.operation(operation.name)

    def timers(self) -> list[Document]:
        """Return the tasks of ingestions, the next one first."""
        others = {document.data["name"] for document in self.operations_of(GENERATE_MEMORIES.name)}
        return [task for task in self.policy.tasks() if task.data["body"] not in others]

    def work(self) -> int:
        """Deliver the tasks of ingestions whose time has come until there are none, and return how many there were."""
        count = 0
        while due := [task for task in self.timers() if task.data["run_at"] <= self.policy.clock.now()]:
            for task in due:
                self.deliver(task)
                self.policy.ports.store.commit([Delete(task.path)])
                count += 1
        return count

    def deliver(self, task: Document, *, exhausted: bool = False) -> None:
        """Deliver a task."""
        attempt = Attempt(Task(task.id, task.data["body"]), 1, final=exhausted, exhausted=exhausted)
        worker.run(self.policy.ports, attempt)

    def below(self, *collections: str) -> list[str]:
        """Return the paths of the documents of those collections, and all that is below them."""
        found = self.policy.ports.store.below(self.policy.engine.path, limit=10_000)
        return [path for path in found if any(f"/{collection}/" in path for collection in collections)]

    def operations_of(self, kind: str) -> list[Document]:
        """Return the stored operations of a kind."""
        found = self.policy.ports.store.query(Query(f"{self.policy.engine.path}/operations", limit=1000))
        return [document for document in found if document.data["kind"] == kind]


def open_streaming(
    *, config: dict[str, Any] | None = None, wrap: Callable[[DocumentStore], DocumentStore] = lambda store: store
) -> Streaming:
    """Open a bank in memory."""
    return Streaming(open_policy(config=config, wrap=wrap))


def texts(count: int, *, start: int = 0) -> Sequence[dict[str, Any]]:
    """Return so many events with ids."""
    return [event(f"I like number {number}", identifier=f"e{number}") for number in range(start, start + count)]
