"""Embedding anew: brings the vectors of an engine's memories to the embedding model that it has now.

Vectors of different models never meet, so until a memory has its new one no search finds it. What is left to do is
asked of the store at each step, by the name of the model that stands beside each vector: the work may end anywhere and
go on at any time, and doing it twice does nothing. A memory changes in nothing but its vector.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from memorybank.bank import engines, operations
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.delivery import Delivery
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition
from memorybank.ports.documents import Data, Delete, Document, Operator, Patch, Query, Vector, Where, Write
from memorybank.ports.models import Purpose
from memorybank.ports.tasks import Task
from memorybank.resources.names import EngineName, engine_of

_AT_ONCE = 100
_TURN = timedelta(minutes=10)
"""How long one delivery of the task may take, which has 15 minutes; what is left then is the next one's."""

_SETTLED = 4
"""So many lifetimes of a cached configuration after the change nobody writes vectors of the old model any more: a
generation reads it again when it has extracted, and what follows takes less than three of them."""

_SIDES: tuple[Operator, ...] = ("<", ">")


def outdated(ports: Ports) -> Iterator[EngineName]:
    """Yield the engines that hold memories which were embedded by another model than they have now."""
    query = Query("engines")
    while page := ports.store.query(query):
        for document in page:
            name, config = engine_of(document.path), engines.config_of(document)
            with contextlib.suppress(FailedPrecondition):  # no model has the configured name: whoever searches is told
                model = None if config is None else ports.embedder.resolve(config.embedding_model)
                if model is not None and _of_others(ports, name, model, most=1):
                    yield name
        query = Query("engines", after=(page[-1].path,))


def finish(delivery: Delivery) -> None:
    """Embed anew until nothing is left to do and nobody can add to it; each step has a commit of its own."""
    ports, operation = delivery.ports, delivery.operation
    settled = operation.data["create_time"] + _SETTLED * ports.configs.lifetime
    until = ports.clock.now() + _TURN
    while (done := _settle(ports, operation.path, settled=settled)) is not None:
        now = ports.clock.now()
        if done == 0 or now >= until:
            name = f"{operation.id}-{int(now.timestamp())}"
            ports.queue.enqueue(Task(name, operation.data["name"], run_at=None if done else settled))
            return


def _settle(ports: Ports, path: str, *, settled: datetime) -> int | None:
    """Take a step for so many memories, and for ever fewer while something changes underneath."""
    tries = itertools.count()
    vectors: dict[tuple[str, str], Vector] = {}  # what has been paid for is not asked for again

    return retry_on_conflict(lambda: _step(ports, path, vectors, most=max(1, _AT_ONCE >> next(tries)), settled=settled))


def _step(
    ports: Ports, path: str, vectors: dict[tuple[str, str], Vector], *, most: int, settled: datetime
) -> int | None:
    """Embed some memories anew and return their number, or None when the operation has ended.

    The configuration is read at each step: whoever changes the model again meanwhile has that one. Memories that have
    expired are removed.
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
    """Return what gives a memory new fields, or removes it where there are none."""
    path, version = memory.path, memory.version
    return Delete(path, version=version) if new is None else Patch(path, new, version=version)


def _progress(ports: Ports, state: Document, *, model: str, count: int, ended: bool) -> Data:
    count += state.data["count"]
    told = {"reembeddedCount": count, "embeddingModel": model}
    if ended:
        return operations.Outcome(response=told).data(ports)
    now = ports.clock.now()
    begun = {"update_time": now, "stalled_at": now + operations.STALLED_AFTER}
    return {**begun, "count": count, "response": operations.response_text(told)}


def _of_others(ports: Ports, engine: EngineName, model: str, *, most: int) -> list[Document]:
    """Return memories whose vectors are not of `model`."""
    collection = f"{engine.path}/memories"
    found: list[Document] = []
    for side in _SIDES:
        where = (Where("embedding_model", side, model),)
        if len(found) < most:
            found += ports.store.query(Query(collection, where=where, limit=most - len(found), fields=MEMORY_FIELDS))
    return found
