"""Flush a due stream into a generation, exactly once, and maintain its timer.

A flush is a single commit: the stream is emptied, its operation finishes, and the operation of the generation begins.
It succeeds only if the stream has not changed since it was read, so of several concurrent flushes one succeeds. The
tasks are enqueued after the commit; if that is lost, the sweep enqueues them later.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from memorybank.bank import operations, payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.delivery import Delivery
from memorybank.bank.generation import accept
from memorybank.bank.ingestion.streams import Stream
from memorybank.bank.operation_tasks import task_of
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, AlreadyExists, MemoryBankError, NotFound
from memorybank.ports.documents import Create, Data, Delete, Document, Order, Patch, Query, Where, Write
from memorybank.ports.tasks import Task
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import EngineName, engine_of, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import INGEST_EVENTS

_MOST_BATCHES = 1000
_RESCUE_AGAIN_AFTER = timedelta(days=1)
_CHUNK = 100


@dataclass
class Work:
    """The writes to commit, and the tasks to enqueue after that.

    The large payloads of `parted` are stored already and are removed again if the commit meets a conflict.
    """

    writes: list[Write] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    parted: list[Document] = field(default_factory=list)

    def commit(self, ports: Ports) -> None:
        """Commit, or raise `Aborted` if another commit came first."""
        try:
            ports.store.commit(self.writes)
        except (Aborted, AlreadyExists, NotFound) as conflict:
            for document in self.parted:
                with contextlib.suppress(MemoryBankError):  # whatever is left expires
                    ports.store.commit(payloads.removals(document))
            raise Aborted("the stream was changed by another request") from conflict


def wake(delivery: Delivery) -> None:
    """Handle the task of an ingestion: flush the stream if it is due, otherwise set its timer.

    A task that arrives twice, early, or after its events have been flushed does no harm.
    """
    ports, stream = delivery.ports, delivery.operation.data["stream"]
    for task in retry_on_conflict(partial(_wake, ports, stream, delivery.task)):
        ports.queue.enqueue(task)


def resume(ports: Ports) -> None:
    """Enqueue streams whose timer has been lost: as soon as that is noticed, then once a day."""
    query = Query(
        collection="streams",
        group=True,
        where=(Where("stalled_at", "<=", ports.clock.now()),),
        order=(Order("stalled_at"),),
        limit=_CHUNK,
        fields=("operation", "stalled_at"),
    )
    while found := ports.store.query(query):
        for document in found:
            moment = document.data["stalled_at"]
            name = name_of(engine_of(document.path).child("operations", document.data["operation"]))
            ports.queue.enqueue(Task(f"{document.data['operation']}-{int(moment.timestamp())}", name))
            later = {"stalled_at": ports.clock.now() + _RESCUE_AGAIN_AFTER}
            with contextlib.suppress(Aborted, NotFound):
                ports.store.commit([Patch(document.path, later, version=document.version)])


def flush(ports: Ports, engine: EngineName, stream: Stream, *, work: Work) -> Operation:
    """Add the writes and tasks that flush a stream with waiting events, and return its operation as it will be."""
    batches = _batches(ports, stream) if stream.batches else []
    waiting = [event for batch in batches for event in json.loads(payloads.load(ports, batch))]
    reading = stream.reading([*waiting, *stream.events])
    request = {"scope": stream.scope, "directContentsSource": {"events": reading}, **stream.options}
    generation = accept.prepare(ports, engine, GenerateMemoriesRequest.model_validate(request))
    # If the generation is given up, these event ids are forgotten with it, so that the events may be sent again.
    seen = [stream.seen_path(event["eventId"]) for event in [*waiting, *stream.events] if event.get("eventId")]
    generation.data["seen"] = [path.removeprefix(f"{stream.path}/") for path in seen]
    generation.data["stream"] = stream.path
    work.parted.append(generation)
    response = {"generateMemoriesOperation": generation.data["name"]}
    operation = begin(ports, engine, stream, work=work, response=response)
    work.writes += [
        stream.flushed(reading).write(ports.clock.now()),
        Create(generation.path, generation.data),
        *(write for batch in batches for write in (Delete(batch.path), *payloads.removals(batch))),
    ]
    work.tasks.append(task_of(generation))
    return operation


def begin(ports: Ports, engine: EngineName, stream: Stream, *, work: Work, response: Data | None = None) -> Operation:
    """Add the operation of a stream, the waiting one or a new one; with `response` it is finished."""
    outcome = {} if response is None else operations.Outcome(response=response).data(ports)
    found = ports.store.get(engine.child("operations", stream.operation)) if stream.operation else None
    if found is not None and not found.data["done"]:
        work.writes.append(Patch(found.path, outcome, version=found.version))
        return operations.operation_of(replace(found, data={**found.data, **outcome}))
    identifier, data = operations.start(ports, INGEST_EVENTS, parent=str(engine), scope=stream.scope)
    opened = stream.opened or data["create_time"]
    # It never counts as stalled: the sweep looks after its stream instead.
    data |= {"stream": stream.path, "stalled_at": None, "create_time": opened, "update_time": opened, **outcome}
    path = engine.child("operations", identifier)
    work.writes.append(Create(path, data))
    return operations.operation_of(Document(path, data, None))


def _batches(ports: Ports, stream: Stream) -> list[Document]:
    query = Query(f"{stream.path}/batches", order=(Order("number"),), limit=_MOST_BATCHES)
    return ports.store.query(query)


def _wake(ports: Ports, path: str, timer: str) -> list[Task]:
    found = ports.store.get(path)
    if found is None:
        return []
    now, engine, stream, work = ports.clock.now(), engine_of(path), Stream.read(found), Work()
    waiting = stream.operation and name_of(engine.child("operations", stream.operation))
    if stream.is_due(now):
        flush(ports, engine, stream, work=work)
    elif stream.timer == timer:
        # Later events have postponed the end, or have been flushed so that nothing waits any more.
        stream = stream.timed(ports.ids.new() if waiting else None)
        work.writes.append(stream.write(now))
    if work.writes:
        work.commit(ports)
    if waiting and stream.timer and not work.tasks:
        # Enqueue it even if it was set before: that process may have died first, and the queue ignores a repeated name.
        work.tasks.append(Task(stream.timer, waiting, run_at=stream.timer_at))
    return work.tasks
