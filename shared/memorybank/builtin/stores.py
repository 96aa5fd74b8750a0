"""The stores that come with the bank: SQLite for one machine, Firestore for many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from memorybank.config import Settings, default, variable
from memorybank.errors import Violation
from memorybank.extras import need
from memorybank.plugins import StorePlugin

if TYPE_CHECKING:
    from memorybank.ports.documents import DocumentStore


def _sqlite(settings: Settings) -> DocumentStore:
    from memorybank.storage.sqlite import SqliteStore  # noqa: PLC0415 - only who keeps data there needs it

    return SqliteStore(settings.data, cache_bytes=settings.search_cache_mib * 2**20)


SQLITE = StorePlugin(open=_sqlite, local=True)


def _firestore(settings: Settings) -> DocumentStore:
    from memorybank.storage.firestore import FirestoreStore  # noqa: PLC0415 - as above

    return FirestoreStore(settings.project, database=settings.database)


def _firestore_problems(settings: Settings) -> Iterator[Violation]:
    if lacks := need("firestore"):
        yield Violation(variable("store"), f"firestore {lacks}")
    if settings.project == default("project"):
        yield Violation(variable("project"), "must name the project of the database when the store is firestore")


# Its import is a third of a cold start.
FIRESTORE = StorePlugin(open=_firestore, preload="memorybank.storage.firestore", problems=_firestore_problems)
