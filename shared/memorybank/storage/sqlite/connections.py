"""A connection pool for one SQLite file: each connection is lent to one thread for one transaction."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from memorybank.errors import FailedPrecondition, Internal, InvalidArgument, MemoryBankError, Unavailable
from memorybank.storage.sqlite.schema import prepare
from memorybank.storage.sqlite.screens import FOLD, fold

MEMORY = ":memory:"
"""The path of a private database that lives as long as its only connection."""

ResultT = TypeVar("ResultT")

_log = logging.getLogger(__name__)
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNAVAILABLE = _BUSY | {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}
_NOT_ALLOWED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}
_PRIMARY = 0xFF  # the part of an extended result code that names its family, https://sqlite.org/rescode.html
_RETRY_SECONDS = 0.01
_UNUSED_SECONDS = 10.0
"""How long a connection may be idle while others are enough. Making one takes a millisecond."""

_CACHE_KIB = 1024
"""How much of the file each connection keeps, half of SQLite's own bound: the system keeps all of it anyway."""


class Connections:
    """The connections of one process to one file.

    The pool grows to the number of simultaneous transactions, and shrinks again when there are fewer; a thread that
    ends leaves no connection behind. An in-memory database has one, which threads use in turn.
    """

    def __init__(self, path: str, *, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._closed = False
        # With the time of their last use, oldest first. The last one is taken first, so that the first ones stay idle.
        self._idle: list[tuple[sqlite3.Connection, float]] = []
        self._turn: AbstractContextManager[object] = threading.Lock() if path == MEMORY else nullcontext()
        # Threads queue here instead of in SQLite's busy handler, which sleeps ever longer and is not fair.
        self._writer = threading.Lock()
        self._file: tuple[int, int] | None = None
        self._create()
        self._file = self._identity()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reads that all see the same state of the store."""
        with self._lent() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    def read(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Return what `work` reads by a connection: all in one state of the store if `work` begins a transaction."""
        try:  # what `_lent` does, without its generators: they would take half of the time of most reads
            with self._turn:
                connection = self._take()
                try:
                    return work(connection)
                finally:
                    self._give_back(connection)
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise self._failure(error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the only connection that may write; commit if the block ends without an error."""
        if not self._writer.acquire(timeout=self._busy_seconds):
            raise Unavailable(f"the data file is busy: the write lock was not free within {self._busy_seconds} s")
        try:
            with self._lent() as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        finally:
            self._writer.release()

    def truncate_log(self) -> None:
        """Move all of the write-ahead log into the file and empty it: the log still contains deleted data.

        Raises `Unavailable` if others read or write for longer than a call may wait.
        """
        with self._lent() as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Unavailable(f"the data file is in use: its log could not be emptied within {self._busy_seconds} s")

    def backup(self, target: Path) -> None:
        """Copy one state of the store into a new file, while others go on reading and writing."""
        with self._lent() as connection, closing(sqlite3.connect(target)) as copy:
            connection.backup(copy)

    def close(self) -> None:
        """Close idle connections now, and lent ones when they are returned."""
        self._closed = True
        with suppress(IndexError):  # until there are none; other threads may close some meanwhile
            while True:
                self._idle.pop()[0].close()

    def _create(self) -> None:
        if self._path != MEMORY and not Path(self._path).absolute().parent.is_dir():
            raise FailedPrecondition(f"{self._path} cannot be opened: its directory does not exist")
        try:
            with self._lent() as connection:
                self._keep_a_log(connection)
                prepare(connection, self._path)
        except BaseException:
            self.close()
            raise

    def _keep_a_log(self, connection: sqlite3.Connection) -> None:
        """Turn the write-ahead log on; SQLite does not wait by itself when two processes do that at once."""
        deadline = time.monotonic() + self._busy_seconds
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY not in _BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                connection = self._take()
                try:
                    yield connection
                finally:
                    self._give_back(connection)
            except (sqlite3.Error, UnicodeEncodeError) as error:
                raise self._failure(error) from error

    def _failure(self, error: sqlite3.Error | UnicodeEncodeError) -> MemoryBankError:
        if isinstance(error, UnicodeEncodeError):
            return InvalidArgument("text with half a surrogate pair cannot be stored")
        if self._file is None:  # whoever opens the file is told its path; callers of a bank that is served are not
            return _unopened(error, self._path)
        _log.warning("the data file failed", extra={"path": self._path, "sqlite_says": str(error)})
        return _translated(error, "the data file")

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise FailedPrecondition("the store has been closed")
        if self._file is not None and self._identity() != self._file:
            _log.error("the data file was deleted or replaced: reads and writes are refused from now on")
            raise Unavailable(
                "the bank's data file has been deleted or replaced while it was in use: stop every process that "
                "uses it, put the file back, and start again"
            )
        try:
            return self._idle.pop()[0]  # one atomic step: no thread sees another's connection
        except IndexError:
            pass
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            # Deleted data is overwritten, not only unlinked: an erased fact must not remain in a free page.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.create_function(FOLD, 1, fold, deterministic=True)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _identity(self) -> tuple[int, int] | None:
        """Return the identity of the file at the path: an open connection keeps a deleted file alive."""
        if self._path == MEMORY:
            return None
        try:
            found = os.stat(self._path)  # noqa: PTH116 - half of what pathlib takes, and on every call
        except OSError:
            return -1, -1
        return found.st_dev, found.st_ino

    def _give_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            raise
        now = time.monotonic()
        self._idle.append((connection, now))
        if self._closed:  # asked only now: what is returned while the pool closes must not be left over
            self.close()
        elif len(self._idle) > 1:
            self._close_unused(now - _UNUSED_SECONDS)

    def _close_unused(self, since: float) -> None:
        """Close the connection that has been idle longest if it was not used after `since`: it takes memory."""
        # Two threads may see the same one and close the next one too: making another costs less than a lock would.
        with suppress(IndexError):  # other threads have taken them
            if self._idle[0][1] <= since:
                self._idle.pop(0)[0].close()


def _unopened(error: sqlite3.Error, path: str) -> MemoryBankError:
    if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY in _NOT_ALLOWED:
        return FailedPrecondition(
            f"{path} cannot be opened: this user must be allowed to read and write it and its directory; or name "
            "another file with --data or MEMORYBANK_DATA"
        )
    return _translated(error, path)


def _translated(error: sqlite3.Error, what: str) -> MemoryBankError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY  # absent on errors of the binding
    if code == sqlite3.SQLITE_FULL:
        return Unavailable(f"{what} cannot grow, because its disk is full: make room there, and try again")
    if code in _UNAVAILABLE:
        return Unavailable(f"{what} cannot be used now")
    if code == sqlite3.SQLITE_NOTADB:
        return FailedPrecondition(f"{what} is not an SQLite database")
    return Internal(f"{what} cannot be read or written: it may be damaged")
