"""A whole memory bank in one process: its functions, and its background threads."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self, cast

from memorybank.access.access import OPEN, Access
from memorybank.adapters import make_clock, make_embedder, make_ids, make_model, make_queue, make_rules, make_store
from memorybank.application import application_of
from memorybank.bank import engines, operation_tasks, operations, sweep, worker
from memorybank.bank.config_cache import ConfigCache
from memorybank.bank.memories import reembedding
from memorybank.bank.ports import BankRules
from memorybank.config import Settings, variable
from memorybank.errors import InvalidArgument, Unavailable, Violation
from memorybank.handlers.routes import PUBLIC
from memorybank.plugins import queue_of
from memorybank.ports.clock import Clock, Ids
from memorybank.ports.documents import DocumentStore
from memorybank.ports.models import Embedder, LanguageModel
from memorybank.ports.tasks import RunningQueue

_SYNC_WAIT = timedelta(milliseconds=300)
"""How long a local call waits for its operation. Most are done by then, so clients need not poll."""

_SWEEP_EVERY = timedelta(minutes=5)
_WATCH_EVERY = timedelta(seconds=5)
"""The longest time that work stops after the dispatcher thread has died."""

_NOWHERE = "engines/-"
"""A document that never exists: reading it is the cheapest check that the store works."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LocalAdapters:
    """The adapters of a bank whose queue is in this process."""

    store: DocumentStore
    queue: RunningQueue
    model: LanguageModel
    embedder: Embedder
    clock: Clock
    ids: Ids
    configs: ConfigCache = field(default_factory=lambda: ConfigCache(timedelta(0)))
    rules: BankRules = field(default_factory=BankRules)


def embedded_adapters(
    settings: Settings,
    *,
    store: DocumentStore | None = None,
    model: LanguageModel | None = None,
    embedder: Embedder | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> LocalAdapters:
    """Return the adapters of a bank that works in this process. One that is passed in replaces the default."""
    if queue_of(settings).receive is not None:
        raise InvalidArgument.of(
            Violation(variable("queue"), "a bank in one process needs a queue in the same process")
        )
    opened, clock = store or make_store(settings), clock or make_clock()
    return LocalAdapters(
        store=opened,
        queue=cast(RunningQueue, make_queue(settings, store=lambda: opened, clock=clock)),
        model=model or make_model(settings),
        embedder=embedder or make_embedder(settings),
        clock=clock,
        ids=ids or make_ids(),
        rules=make_rules(settings),
    )


class Bank:
    """A memory bank in this process: a WSGI application of functions, and its background threads.

    By default it serves all public functions. Of several processes with the same data, one `sweeps`.
    """

    def __init__(
        self,
        settings: Settings,
        adapters: LocalAdapters,
        *,
        functions: Iterable[str] | None = None,
        access: Access = OPEN,
        sweeps: bool = True,
    ) -> None:
        self.adapters = adapters
        served = PUBLIC if functions is None else functions
        self.application = application_of(
            settings, adapters, served, access=access, sync_wait=_SYNC_WAIT, check=self.check
        )
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._sweeps = sweeps
        self._sweeper: threading.Thread | None = None

    def start(self) -> None:
        """Start working on the queue, including tasks that an earlier process left there."""
        self.adapters.queue.start(lambda attempt: worker.run(self.adapters, attempt))
        self._revive()

    def check(self) -> None:
        """Raise `Unavailable` if a thread has died (it is restarted) or the store cannot be read."""
        self.adapters.store.get(_NOWHERE, fields=())
        if dead := self._revive():
            raise Unavailable(f"{', '.join(dead)} died and was restarted: try again")

    def _revive(self) -> list[str]:
        """Start the threads that are not running, and return the names of those that had died."""
        with self._starting:
            if self._stopping.is_set():
                return []
            dead = self.adapters.queue.revive()
            if self._sweeper is not None and self._sweeper.is_alive():
                return dead
            if self._sweeper is not None:
                dead.append("sweeper")
                _log.error("the sweeper died; restarting it")
            self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
            self._sweeper.start()
            return dead

    def embed_anew(self) -> int:
        """Re-embed memories whose vectors come from another model than the current one; count their engines."""
        found = list(reembedding.outdated(self.adapters))
        for engine in found:
            engines.reembed(self.adapters, engine)
        return len(found)

    def stop(self) -> None:
        """Finish the running tasks, and close the store and the models; waiting tasks stay in the store."""
        self._stopping.set()
        self.adapters.queue.stop()
        with self._starting:
            sweeper = self._sweeper
        if sweeper is not None:
            sweeper.join()
        for port in (self.adapters.store, self.adapters.model, self.adapters.embedder):
            getattr(port, "close", _nothing)()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _sweep(self) -> None:
        if self._sweeps:
            try:
                # The previous process may have been killed after it accepted a request and before it queued the task.
                operation_tasks.resume(self.adapters, early=operations.STALLED_AFTER)
            except Exception:  # noqa: BLE001 - the sweep does it later
                _log.exception("the work of an earlier process could not be resumed")
        while True:
            if self._sweeps:
                try:
                    sweep.sweep(self.adapters)
                except Exception:  # noqa: BLE001 - a thread of its own: nobody else would tell
                    _log.exception("the sweep failed; it will be retried later")
            due = time.monotonic() + _SWEEP_EVERY.total_seconds()
            while time.monotonic() < due:
                if self._stopping.wait(_WATCH_EVERY.total_seconds()):
                    return
                self.adapters.queue.revive()


def _nothing() -> None:
    """Close a model, if it has anything to close."""
