"""BatchCreateMemories: memories and sessions as another bank, or this one earlier, exported them.

A call does what it can in its time and leaves the rest, with a count of what is done, to a worker.
"""

from __future__ import annotations

from datetime import timedelta

from memorybank.bank import engines, operations
from memorybank.bank.delivery import TURN, Delivery
from memorybank.bank.memories import batch_rest
from memorybank.bank.memories.batch_records import Records, counting
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
    total = records.left
    if request.validate_only:
        while records.left:
            records.step(counting)
    elif records.left:
        rest = batch_rest.begin(ports, records)
        try:
            left = _create(ports, rest)
        except Exception:
            rest.abandon()
            raise
        if left is not None:
            return left
        records = rest.records
    response = records.counts.told(total)
    return operations.finished(ports, engine, BATCH_CREATE_MEMORIES, parent=str(engine), response=response)[0]


def _create(ports: Ports, rest: batch_rest.Rest) -> Operation | None:
    """Create what is left, and return None; or, when the time of the call is over, the operation of a worker."""
    until = ports.clock.now() + _TIME
    while not rest.removed:
        try:
            if not rest.records.left:
                rest.remove()
            elif ports.clock.now() < until:
                rest.records.step(rest.save)
            else:
                begun = rest.hand_over()
                enqueue_or_leave(ports, task_of(begun))
                return operations.operation_of(begun)
        except batch_rest.Changed:
            rest.read_again()
    return None


def finish(delivery: Delivery) -> None:
    """Create the rest. Each commit counts what it creates; after an erasure, what it has left is read again."""
    ports, operation = delivery.ports, delivery.operation
    if batch_rest.is_of_call(operation):
        batch_rest.end_call(ports, operation)
        return
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
