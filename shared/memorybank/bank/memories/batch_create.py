"""BatchCreateMemories: memories and sessions as another bank, or this one earlier, exported them.

A call does what it can in its time and leaves the rest, with a count of what is done, to a worker.
"""

from __future__ import annotations

from datetime import timedelta

from memorybank.bank import engines, operations
from memorybank.bank.delivery import TURN, Delivery
from memorybank.bank.memories import batch_rest
from memorybank.bank.memories.batch_records import Records, counting, saving
from memorybank.bank.operation_tasks import enqueue_or_leave, task_of
from memorybank.bank.ports import Ports
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import BATCH_CREATE_MEMORIES
from memorybank.resources.transfer import BatchCreateMemoriesRequest

_TIME = timedelta(seconds=20)
"""How long one call may take; the rest is left to a worker."""


def batch_create(ports: Ports, engine: EngineName, request: BatchCreateMemoriesRequest) -> Operation:
    """Create what is not there; return the finished operation, not stored, or the one that a worker finishes."""
    config = engines.get(ports, engine).config
    records = Records(ports, engine, config, request)
    total, until = records.left, ports.clock.now() + _TIME
    save = counting if request.validate_only else saving(ports)
    while records.left:
        if save is not counting and ports.clock.now() >= until:
            begun = batch_rest.store(ports, engine, records, total=total)
            enqueue_or_leave(ports, task_of(begun))
            return operations.operation_of(begun)
        records.step(save)
    response = records.counts.told(total)
    return operations.finished(ports, engine, BATCH_CREATE_MEMORIES, parent=str(engine), response=response)[0]


def finish(delivery: Delivery) -> None:
    """Create the rest. Each commit counts what it creates; after an erasure, what it has left is read again."""
    ports, operation = delivery.ports, delivery.operation
    until = ports.clock.now() + TURN
    config = engines.recent_config(ports, engine_of(operation.path))
    while (rest := batch_rest.load(ports, operation.path, config)) is not None:
        try:
            while rest.records.left:
                if ports.clock.now() >= until:
                    ports.queue.enqueue(task_of(operation, rest.records.left, int(until.timestamp())))
                    return
                rest.records.step(rest.save)
            rest.end()
        except batch_rest.Changed:
            continue
        return
