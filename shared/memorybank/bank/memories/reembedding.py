"""Reembedding: recompute the vectors of an engine's memories with its current embedding model.

Vectors of different models are never compared, so no search finds a memory until it has its new vector. Each step asks
the store for what is left, by the model name stored with each vector. So the work may stop anywhere and resume at any
time, and doing it twice changes nothing. Nothing but the vector of a memory changes.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import datetime

from memorybank.bank import engines, operations
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.delivery import TURN, Delivery
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.bank.operation_tasks import task_of
from memorybank.bank.packing import stored_response
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition
from memorybank.ports.documents import Data, Delete, Document, Operator, Patch, Query, Vector, Where, Write
from memorybank.ports.models import Purpose
from memorybank.resources.names import EngineName, engine_of

_AT_ONCE = 100
_SETTLED = 4
"""After this many lifetimes of a cached configuration, no process writes vectors of the old model any more: a
generation reads the configuration again after extraction, and its other steps take less than three lifetimes."""

_SIDES: tuple[Operator, ...] = ("<", ">")


def outdated(ports: Ports) -> Iterator[EngineName]:
    """Yield the engines with memories whose vectors are not from the engine's current model."""
    query = Query("engines")
    while page := ports.store.query(query):
        for document in page:
            name, config = engine_of(document.path), engines.config_of(document)
            with contextlib.suppress(FailedPrecondition):  # the configured model does not exist; searches report that
                model = None if config is None else ports.embedder.resolve(config.embedding_model)
                if model is not None and _of_others(ports, name, model, most=1):
                    yield name
        query = Query("engines", after=(page[-1].path,))


def finish(delivery: Delivery) -> None:
    """Reembed until nothing is left and no process can add old vectors; each step has its own commit."""
    ports, operation = delivery.ports, delivery.operation
    settled = operation.data["create_time"] + _SETTLED * ports.configs.lifetime
    until = ports.clock.now() + TURN
    while (done := _settle(ports, operation.path, settled=settled)) is not None:
        now = ports.clock.now()
        if done == 0 or now >= until:
            ports.queue.enqueue(task_of(operation, int(now.timestamp()), run_at=None if done else settled))
            return


def _settle(ports: Ports, path: str, *, settled: datetime) -> int | None:
    """Do a step for this many memories, or fewer and fewer as long as concurrent changes conflict."""
    tries = itertools.count()
    vectors: dict[tuple[str, str], Vector] = {}  # vectors already paid for are not requested again

    return retry_on_conflict(lambda: _step(ports, path, vectors, most=max(1, _AT_ONCE >> next(tries)), settled=settled))


def _step(
    ports: Ports, path: str, vectors: dict[tuple[str, str], Vector], *, most: int, settled: datetime
) -> int | None:
    """Reembed some memories and return their number, or None if the operation has ended.

    Each step reads the configuration, so that another change of the model in the meantime takes effect. Memories that
    have expired are removed.
    """
    name, now = engine_of(path), ports.clock.now()
    state, engine = ports.store.get_many((path, name.path))
    config = engines.config_of(engine)
    if state is None or state.data["done"] or config is None:
        return None
    model = ports.embedder.resolve(config.embedding_model)
    found = _of_others(ports, name, model, most=most)
    records = [record for record in map(record_of, found) if record.alive(now)]
    texts = [fact for fact in dict.fromkeys(record.fact for record in records) if (model, fact) not in vectors]
    if texts:
        made = ports.embedder.embed(texts, purpose=Purpose.DOCUMENT, model=config.embedding_model)
        vectors.update(zip(((model, text) for text in texts), made, strict=True))
    new = {record.path: {"embedding": vectors[model, record.fact], "embedding_model": model} for record in records}
    ended = not found and now >= settled
    progress = Patch(path, _progress(ports, state, model=model, count=len(new), ended=ended), version=state.version)
    commit(ports.store, [progress, *(_change(document, new.get(document.path)) for document in found)])
    return None if ended else len(found)


def _change(memory: Document, new: Data | None) -> Write:
    """Return the write that gives a memory new fields, or removes it if there are none."""
    path, version = memory.path, memory.version
    return Delete(path, version=version) if new is None else Patch(path, new, version=version)


def _progress(ports: Ports, state: Document, *, model: str, count: int, ended: bool) -> Data:
    count += state.data["count"]
    told = {"reembeddedCount": count, "embeddingModel": model}
    if ended:
        return operations.Outcome(response=told).data(ports)
    now = ports.clock.now()
    begun = {"update_time": now, "stalled_at": now + operations.STALLED_AFTER}
    return {**begun, "count": count, "response": stored_response(told)}


def _of_others(ports: Ports, engine: EngineName, model: str, *, most: int) -> list[Document]:
    """Return memories whose vectors are not from `model`."""
    collection = f"{engine.path}/memories"
    found: list[Document] = []
    for side in _SIDES:
        where = (Where("embedding_model", side, model),)
        if len(found) < most:
            found += ports.store.query(Query(collection, where=where, limit=most - len(found), fields=MEMORY_FIELDS))
    return found
