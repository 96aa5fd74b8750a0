"""Puts a deployment together: which adapters stand behind the ports, and which routes a function serves."""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import TracebackType
from typing import Any, Self

from memorybank.aip.entry import Application, Call
from memorybank.aip.routing import Route
from memorybank.api.arguments import Service
from memorybank.bank import expire, worker
from memorybank.clock import Clock, Ids, RandomIds, SystemClock
from memorybank.config import MAX_BODY, Settings, read_settings
from memorybank.logs import set_up
from memorybank.models.offline import OfflineEmbedder, OfflineModel
from memorybank.models.port import Embedder, LanguageModel
from memorybank.storage.documents import DocumentStore
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue

FUNCTIONS = ("engines", "generate", "memories", "operations", "retrieve", "revisions", "rollback")
"""The functions that clients call, each a module of `memorybank.api`."""

_PATIENCE = timedelta(milliseconds=300)
"""How long a local call waits for its operation: most are done by then, and clients need not poll."""

_SWEEP_EVERY = timedelta(minutes=5)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Adapters:
    """The ports of a deployment."""

    store: DocumentStore
    queue: InProcessQueue
    model: LanguageModel
    embedder: Embedder
    clock: Clock
    ids: Ids


def embedded_adapters(
    settings: Settings,
    *,
    store: DocumentStore | None = None,
    model: LanguageModel | None = None,
    embedder: Embedder | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> Adapters:
    """Return the adapters that need nothing but this machine; what is given replaces the usual one."""
    store, clock = store or SqliteStore(settings.data), clock or SystemClock()
    return Adapters(
        store=store,
        queue=InProcessQueue(store, clock=clock, threads=settings.threads),
        model=model or OfflineModel(),
        embedder=embedder or OfflineEmbedder(),
        clock=clock,
        ids=ids or RandomIds(),
    )


def routes_of(functions: Iterable[str]) -> list[Route]:
    """Return the routes of the named functions, importing no others, and `/health`."""
    modules = [importlib.import_module(f"memorybank.api.{name}") for name in functions]
    return [
        *(route for module in modules for route in module.ROUTES),
        Route("GET", "/health", _health, "Health", absolute=True),
    ]


def _health(service: Service, call: Call) -> dict[str, str]:
    del service, call
    return {"status": "ok"}


class Bank:
    """A memory bank in this process: a WSGI application of some functions, and the threads that do their work."""

    def __init__(self, settings: Settings, adapters: Adapters, *, functions: Iterable[str] = FUNCTIONS) -> None:
        self.adapters = adapters
        service = Service(
            adapters,
            settings.project,
            settings.location,
            project_number=settings.project_number,
            patience=_PATIENCE,
        )
        self.application = Application(routes_of(functions), service, max_body=MAX_BODY)
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin to work on what waits in the queue, also on what an earlier process left there."""
        self.adapters.queue.start(lambda attempt: worker.run(self.adapters, attempt))
        self._sweeper.start()

    def stop(self) -> None:
        """Finish what is being worked on and close the store; what still waits stays in it."""
        self._stopping.set()
        self.adapters.queue.stop()
        self._sweeper.join()
        self.adapters.store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _sweep(self) -> None:
        while True:
            try:
                expire.sweep(self.adapters)
            except Exception:  # noqa: BLE001 - a thread of its own: nobody else would tell
                _log.exception("the sweep failed; it is tried again later")
            if self._stopping.wait(_SWEEP_EVERY.total_seconds()):
                return


def function(name: str) -> Callable[[Any], Any]:
    """Return what functions-framework calls for the function of that name: a Flask request in, a response out.

    The bank is made on the first request: the framework imports main.py in one process and serves in a fork of it.
    """
    bank = cache(lambda: _serving(name))
    lock = threading.Lock()

    def serve(request: Any) -> Any:
        from werkzeug.wrappers import Response  # noqa: PLC0415 - comes with functions-framework, which not all have

        with lock:
            application = bank().application
        return Response.from_app(application, request.environ)

    return serve


def _serving(name: str) -> Bank:
    settings = read_settings(os.environ)
    set_up(settings.log_level)
    bank = Bank(settings, embedded_adapters(settings), functions=[name])
    bank.start()
    atexit.register(bank.stop)
    return bank
