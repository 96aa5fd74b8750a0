"""A bank with some memories of one user on an emulator of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from memorybank.adapters import Adapters
from memorybank.bank import engines
from memorybank.bank.memories.records import NATURAL
from memorybank.config import Settings
from memorybank.errors import FailedPrecondition
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.scopes import scope_key
from memorybank.storage.firestore import FirestoreStore
from memorybank.testing.firestore_emulator import HOST_VARIABLE, FirestoreEmulator
from tests.benchmarks.filling import MODEL, fill, scope, unit_vectors
from tests.benchmarks.serving import ENGINE, PROJECT

USER, MEMORIES, FOUND = "ada", 100, 3
QUESTION = "Which hotel near the station had quiet rooms?"
SEARCH = {"scope": scope(USER), "similaritySearchParams": {"searchQuery": QUESTION, "topK": FOUND}}

_BY_DISTANCE = {"contextSpec": {"memoryBankConfig": {"similaritySearchConfig": {"ranking": "DISTANCE"}}}}
"""The ranking that reads as many documents as it returns, as what it is compared with does."""


@dataclass(frozen=True)
class Bank:
    """Where the emulator is, as host:port, and the store on it, which is open as long as the bank."""

    host: str
    store: FirestoreStore


@contextmanager
def running() -> Iterator[Bank | str]:
    """Fill a bank; where that cannot be done or measured, yield the reason."""
    if not Path("/proc/self/smaps_rollup").exists():
        yield "processes are looked at by Linux's /proc"
        return
    with ExitStack() as stack:
        try:
            emulator = stack.enter_context(FirestoreEmulator())
        except FailedPrecondition as missing:
            yield str(missing)
            return
        os.environ[HOST_VARIABLE] = emulator.host  # the one way to tell Google's client, and the store
        stack.callback(os.environ.pop, HOST_VARIABLE)
        store = FirestoreStore(PROJECT)
        stack.callback(store.close)
        engines.create(Adapters(Settings(), store=store), ENGINE, ReasoningEngine.model_validate(_BY_DISTANCE))
        fill(store, USER, unit_vectors(MEMORIES, seed=1))
        yield Bank(emulator.host, store)


def conditions() -> dict[str, str]:
    """Return what every memory of the user meets: the conditions of the bank's vector search."""
    return {"scope_key": scope_key(scope(USER)), "embedding_model": MODEL, "memory_type": NATURAL}
