"""Filling stores with many memories: straight through the store's port, as documents such as the bank writes."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from memorybank.bank.memories.records import NATURAL, MemoryRecord
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Create, DocumentStore, Vector
from memorybank.resources.memory import Memory
from memorybank.storage.sqlite import SqliteStore
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


def copy_filled(size: int, to: Path) -> None:
    """Make a data file with so many memories of the user `large_user(size)`, whose vectors have that seed.

    A file of that size is filled once for all chapters of a run: that takes longer than most of what they measure.
    """
    shutil.copyfile(_filled(size), to)


def large_user(size: int) -> str:
    """Return the user whose memories `copy_filled` has written."""
    return f"user{size}"


@cache
def _filled(size: int) -> Path:
    file = Path(tempfile.mkdtemp(dir=_folder()), "bank.db")  # another one if a chapter breaks off and the next tries
    with closing(SqliteStore(file)) as store:
        fill(store, large_user(size), unit_vectors(size, seed=size))
    return file


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="memorybank-bench-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def fill(store: DocumentStore, user: str, vectors: Floats) -> None:
    """Write one memory per vector into the scope of one user."""
    # One at a time: as Python's numbers, 100,000 of them take 2 GB.
    _write(store, _memories(paths(user, len(vectors)), (Vector(tuple(row.tolist())) for row in vectors), user=user))


def fill_others(store: DocumentStore, *, users: int, vectors: Floats) -> None:
    """Write as many memories as there are vectors for each of many users; all users have the same vectors."""
    shared = [Vector(tuple(row)) for row in vectors.tolist()]
    names = [f"other{number}" for number in range(users)]
    _write(store, chain.from_iterable(_memories(paths(name, len(shared)), shared, user=name) for name in names))


def _write(store: DocumentStore, creates: Iterable[Create]) -> None:
    rest = iter(creates)
    while batch := list(islice(rest, _BATCH)):
        store.commit(batch)


def _memories(places: Sequence[str], vectors: Iterable[Vector], *, user: str) -> Iterator[Create]:
    for number, (path, vector) in enumerate(zip(places, vectors, strict=True)):
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
