"""A store with Firestore's limits of size, measured in Firestore's encoding, in front of another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Create, Data, Delete, DocumentStore, Patch, Version, Write
from memorybank.ports.sizes import MAX_DOCUMENT
from memorybank.storage.firestore.commit import prepare

_MOST_WRITES = 500


class ProcessKilledError(BaseException):
    """The process dies: nothing that the bank does can catch this."""


class LimitedStore:
    """Refuses commits of over 4 MiB or 500 writes, and documents of over 1 MiB.

    `dies_at` is the number of the commit at which the process dies, just before or just after it.
    """

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self.commits, self.largest, self.largest_document = 0, 0, MAX_DOCUMENT
        self.dies_at: int | None = None
        self.dies_after = False
        self.before: Callable[[Sequence[Write]], None] = lambda _: None
        self.get, self.get_many, self.query, self.count = store.get, store.get_many, store.query, store.count
        self.nearest, self.below, self.close, self.scrub = store.nearest, store.below, store.close, store.scrub

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Check the limits, then commit."""
        self.before(writes)
        self._check(writes)
        self.commits += 1
        if self.commits == self.dies_at and not self.dies_after:
            raise ProcessKilledError
        versions = self._store.commit(writes)
        if self.commits == self.dies_at:
            raise ProcessKilledError
        return versions

    def _check(self, writes: Sequence[Write]) -> None:
        self.largest = max(self.largest, prepare(writes, database="d", root="r").ByteSize())
        if len(writes) > _MOST_WRITES:
            raise InvalidArgument(f"{len(writes)} writes are too many")
        for write in writes:
            size = 0 if isinstance(write, Delete) else _size(write.path, self._merged(write))
            if size > self.largest_document:
                raise InvalidArgument(f"{write.path} is too large: {size} bytes")

    def _merged(self, write: Write) -> Data:
        assert not isinstance(write, Delete)
        before = self._store.get(write.path) if isinstance(write, Patch) else None
        return {**(before.data if before else {}), **write.data}


def _size(path: str, data: Data) -> int:
    return int(prepare([Create(path, data)], database="d", root="r").ByteSize())
