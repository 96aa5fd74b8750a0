"""Filling stores with many memories: straight through the store's port, as documents such as the bank writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from memorybank.bank.memories.records import NATURAL, MemoryRecord
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Create, DocumentStore, Vector
from memorybank.resources.memory import Memory
from tests.benchmarks.serving import ENGINE

Floats: TypeAlias = NDArray[np.float32]

DIMENSIONS = 768
MODEL = OfflineEmbedder(dimensions=DIMENSIONS).resolve(None)
"""The name of the model under which memories are stored, and found."""

_BATCH = 2000
_START = datetime(2026, 1, 1, tzinfo=UTC)


def unit_vectors(count: int, *, seed: int) -> Floats:
    """Return random vectors of unit length, the same ones for the same seed."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def scope(name: str) -> dict[str, str]:
    """Return the scope of one user."""
    return {"user_id": name}


def paths(user: str, count: int) -> list[str]:
    """Return the document paths of a user's memories, in order of their vectors."""
    return [ENGINE.child("memories", f"{user}-{number}") for number in range(count)]


def fill(store: DocumentStore, user: str, vectors: Floats) -> None:
    """Write one memory per vector into the scope of one user."""
    _write(store, _memories(user, [Vector(tuple(row)) for row in vectors.tolist()]))


def fill_others(store: DocumentStore, *, users: int, vectors: Floats) -> None:
    """Write as many memories as there are vectors for each of many users; all users have the same vectors."""
    shared = [Vector(tuple(row)) for row in vectors.tolist()]
    _write(store, (create for number in range(users) for create in _memories(f"other{number}", shared)))


def _write(store: DocumentStore, creates: Iterable[Create]) -> None:
    rest = iter(creates)
    while batch := list(islice(rest, _BATCH)):
        store.commit(batch)


def _memories(user: str, vectors: Sequence[Vector]) -> Iterator[Create]:
    for number, (path, vector) in enumerate(zip(paths(user, len(vectors)), vectors, strict=True)):
        now = _START + timedelta(seconds=number)
        memory = Memory(
            fact=f"On trip {number} the hotel near the station had quiet rooms, and breakfast from {number % 5 + 5} am",
            scope=scope(user),
            memory_type=NATURAL,
            create_time=now,
            update_time=now,
        )
        record = MemoryRecord(path, memory, MODEL, first_sequence=1, sequence=1, latest_revision="1", embedding=vector)
        yield Create(path, record.document())
