"""The embedded store: one SQLite file, searched for similarity by numpy."""

from memorybank.storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
