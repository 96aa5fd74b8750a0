"""Stored memories: read one, its revisions and its engine, and embed its fact."""

from __future__ import annotations

from collections.abc import Sequence

from memorybank.bank import engines
from memorybank.bank.memories.records import MEMORY_FIELDS, MemoryRecord, lives, record_of
from memorybank.bank.ports import Ports
from memorybank.errors import NotFound
from memorybank.ports.documents import Delete, Document, Order, Query, Vector
from memorybank.ports.models import Purpose
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName, engine_of, name_of

_CUT_AT_ONCE = 200


def living(ports: Ports, path: str, *, fields: Sequence[str] = MEMORY_FIELDS) -> Document:
    """Return the document of the memory at a path, without its vector; `fields` include when it expires."""
    document = ports.store.get(path, fields=fields)
    if document is None or not lives(document.data.get("expire_time"), ports.clock.now()):
        raise NotFound(f"memory {name_of(path)} does not exist")
    return document


def load(ports: Ports, path: str) -> MemoryRecord:
    """Return the stored memory at a document path, without its vector."""
    return record_of(living(ports, path))


def revisions_of(ports: Ports, path: str) -> list[Document]:
    """Return the newest revisions of a memory, with the fields that say when they expire."""
    query = Query(
        collection=f"{path}/revisions",
        order=(Order("sequence", descending=True),),
        limit=_CUT_AT_ONCE,
        fields=("expire_time", "kept_until", "deleted_from"),
    )
    return ports.store.query(query)


def embed(ports: Ports, config: MemoryBankConfig, fact: str) -> tuple[Vector, str]:
    """Return the vector of a fact and the name of the model that made it."""
    [vector] = ports.embedder.embed([fact], purpose=Purpose.DOCUMENT, model=config.embedding_model)
    return vector, ports.embedder.resolve(config.embedding_model)


def engine_config(ports: Ports, path: str) -> tuple[EngineName, MemoryBankConfig]:
    """Return the engine that a document is below, and its configuration."""
    name = engine_of(path)
    return name, engines.get(ports, name).config


def remove_expired(ports: Ports, path: str) -> bool:
    """Remove a memory if it has expired; tell whether its id is free now."""
    document = ports.store.get(path, fields=MEMORY_FIELDS)
    if document is not None:
        if record_of(document).alive(ports.clock.now()):
            return False
        ports.store.commit([Delete(path, version=document.version)])
    return True
