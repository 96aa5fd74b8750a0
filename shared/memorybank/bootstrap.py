"""Puts a deployment together: which adapters stand behind the ports, and what a function serves."""

from __future__ import annotations

import atexit
import gc
import importlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from memorybank.api.routes import PUBLIC, routes_of
from memorybank.config import MAX_BODY, Settings, read_settings, variable
from memorybank.errors import InvalidArgument, Violation
from memorybank.logs import set_up

if TYPE_CHECKING:  # the router serves without any of these
    from memorybank.access.access import Access
    from memorybank.aip.entry import Application, Observe
    from memorybank.api.arguments import Service
    from memorybank.bank.engine_configs import ConfigCache
    from memorybank.bank.ports import Ports
    from memorybank.clock import Clock, Ids
    from memorybank.models.port import Embedder, LanguageModel
    from memorybank.storage.documents import DocumentStore
    from memorybank.tasks.cloud_tasks import CloudTasksQueue
    from memorybank.tasks.port import Attempt, TaskQueue

_log = logging.getLogger(__name__)
_Made = TypeVar("_Made")
_Wsgi = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]


class Adapters:
    """The ports of a deployment, each made on first use; what is given replaces the one that the settings ask for.

    An import is part of making: a function that never asks for a port never loads what is behind it.
    """

    def __init__(self, settings: Settings, **given: object) -> None:
        self._settings = settings
        self._made: dict[str, Any] = given
        self._lock = threading.RLock()  # making one may ask for another

    @property
    def store(self) -> DocumentStore:
        """Where documents are kept."""
        return self._once("store", lambda: make_store(self._settings))

    @property
    def queue(self) -> TaskQueue:
        """Where work waits."""
        return self._once("queue", lambda: _cloud_tasks(self._settings, self.clock))

    @property
    def model(self) -> LanguageModel:
        """What understands conversations."""
        return self._once("model", lambda: make_model(self._settings))

    @property
    def embedder(self) -> Embedder:
        """What turns texts into vectors."""
        return self._once("embedder", lambda: make_embedder(self._settings))

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self._once("clock", make_clock)

    @property
    def ids(self) -> Ids:
        """Ids that nobody has used."""
        return self._once("ids", make_ids)

    @property
    def configs(self) -> ConfigCache:
        """What is remembered of engines' configurations."""
        return self._once("configs", lambda: make_configs(self._settings))

    def close(self) -> None:
        """Let go of the store, if there is one."""
        if "store" in self._made:
            self.store.close()

    def _once(self, port: str, make: Callable[[], _Made]) -> _Made:
        if port not in self._made:
            with self._lock:
                if port not in self._made:
                    self._made[port] = make()
        return cast(_Made, self._made[port])


def make_store(settings: Settings) -> DocumentStore:
    """Return the store that the settings ask for."""
    if settings.store == "firestore":
        from memorybank.storage.firestore import FirestoreStore  # noqa: PLC0415 - see Adapters

        return FirestoreStore(settings.project, database=settings.database)
    from memorybank.storage.sqlite import SqliteStore  # noqa: PLC0415 - see Adapters

    return SqliteStore(settings.data)


def make_model(settings: Settings) -> LanguageModel:
    """Return the language model that the settings ask for."""
    _log.info("language model", extra={"provider": settings.provider})
    if settings.provider == "offline":
        from memorybank.models.offline import OfflineModel  # noqa: PLC0415 - see Adapters

        return OfflineModel()
    from memorybank.models.gemini.configured import provider_of  # noqa: PLC0415 - see Adapters
    from memorybank.models.gemini.model import GeminiModel  # noqa: PLC0415 - see Adapters

    provider = provider_of(settings)
    return GeminiModel(provider, usual=settings.generation_model, max_tokens=settings.max_tokens_per_operation)


def make_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings ask for: of the same provider as the language model."""
    _log.info("embedder", extra={"provider": settings.provider})
    if settings.provider == "offline":
        from memorybank.models.offline import OfflineEmbedder  # noqa: PLC0415 - see Adapters

        return OfflineEmbedder(dimensions=settings.embedding_dimensions)
    from memorybank.models.gemini.configured import provider_of  # noqa: PLC0415 - see Adapters
    from memorybank.models.gemini.embedder import GeminiEmbedder  # noqa: PLC0415 - see Adapters

    provider = provider_of(settings)
    return GeminiEmbedder(provider, usual=settings.embedding_model, dimensions=settings.embedding_dimensions)


def make_clock() -> Clock:
    """Return the machine's clock."""
    from memorybank.clock import SystemClock  # noqa: PLC0415 - see Adapters

    return SystemClock()


def make_ids() -> Ids:
    """Return random ids."""
    from memorybank.clock import RandomIds  # noqa: PLC0415 - see Adapters

    return RandomIds()


def make_configs(settings: Settings) -> ConfigCache:
    """Return the cache of configurations: on one machine a change counts at once, in production within a minute."""
    from memorybank.bank.engine_configs import ConfigCache  # noqa: PLC0415 - see Adapters

    return ConfigCache(timedelta(seconds=0 if settings.store == "sqlite" else 60))


def _cloud_tasks(settings: Settings, clock: Clock) -> CloudTasksQueue:
    from memorybank.tasks.cloud_tasks import CloudTasksQueue  # noqa: PLC0415 - see Adapters

    worker_url = settings.worker_url or ""
    return CloudTasksQueue(
        settings.tasks_queue or "",
        worker_url=worker_url,
        service_account_email=settings.tasks_account or "",
        audience=settings.worker_audience or worker_url,
        clock=clock,
        emulator=settings.tasks_emulator,
    )


def application_of(
    settings: Settings,
    ports: Ports,
    functions: Iterable[str],
    *,
    access: Access,
    patience: timedelta = timedelta(0),
) -> Application[Service]:
    """Return the WSGI application of some functions, which lets in whom `access` does."""
    from memorybank.aip.entry import Application  # noqa: PLC0415 - the router has none
    from memorybank.api.admission import admission  # noqa: PLC0415 - as above
    from memorybank.api.arguments import Service  # noqa: PLC0415 - as above

    service = Service(
        ports,
        settings.project,
        settings.location,
        project_number=settings.project_number,
        patience=patience,
        receive=_receiver(settings, ports) if settings.queue == "cloud-tasks" else None,
    )
    return Application(
        routes_of(functions), service, max_body=MAX_BODY, admit=admission(access), observe=_observer(settings)
    )


def _observer(settings: Settings) -> Observe | None:
    if settings.telemetry == "none":
        return None
    from memorybank.telemetry import otlp  # noqa: PLC0415 - takes time, and comes with an extra

    return otlp(content=settings.telemetry == "otlp-with-content").observe


def _receiver(settings: Settings, ports: Ports) -> Callable[[Mapping[str, str], Mapping[str, Any]], Attempt | None]:
    def receive(headers: Mapping[str, str], body: Mapping[str, Any]) -> Attempt | None:
        from memorybank.tasks.cloud_tasks import attempt_of  # noqa: PLC0415 - only the worker needs it

        attempt = attempt_of(headers, body, max_attempts=settings.max_attempts)
        if attempt.task.run_at is not None and cast("CloudTasksQueue", ports.queue).put_off(attempt):
            return None
        return attempt

    return receive


def function(name: str) -> Callable[[Any], Any]:
    """Return what functions-framework calls for the function of that name: a Flask request in, a response out.

    What it always needs is imported and the settings are checked at once, so that a wrong deployment does not start.
    Adapters are made on first use: the framework imports main.py in one process and serves in a fork of it, and threads
    and connections do not live through that.
    """
    with _loading():
        importlib.import_module(f"memorybank.api.{name}")
        settings = read_settings(os.environ)
        start = _router(settings) if name == "router" else _one_function(settings, name)
    lock = threading.Lock()
    started: list[_Wsgi] = []

    def serve(request: Any) -> Any:
        from werkzeug.wrappers import Response  # noqa: PLC0415 - comes with functions-framework, which not all have

        with lock:
            if not started:
                set_up(settings.log_level, project=settings.project)
                started.append(start())
        return Response.from_app(cast(Any, started[0]), request.environ)

    return serve


@contextmanager
def _loading() -> Iterator[None]:
    """Load modules without the garbage collector, and have it pass over them for good.

    They make many objects and no garbage: searching them takes a tenth of a cold start. Never searched, their pages
    stay shared with the fork that serves.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _router(settings: Settings) -> Callable[[], _Wsgi]:
    """Return what starts the router: it forwards every call to the function that serves it."""
    from memorybank.access.identity import identity_of  # noqa: PLC0415 - only the router does with so little
    from memorybank.api.router import RouterApplication  # noqa: PLC0415 - as above
    from memorybank.metadata import IdTokens  # noqa: PLC0415 - as above

    missing = sorted(PUBLIC.keys() - settings.function_urls.keys())
    if missing:
        raise InvalidArgument.of(Violation(variable("function_urls"), f"lacks {', '.join(missing)}"))
    application = RouterApplication(
        settings.function_urls, tokens=IdTokens(settings.metadata_host), verify=identity_of(settings).caller
    )
    atexit.register(application.close)
    return lambda: application


def _one_function(settings: Settings, name: str) -> Callable[[], _Wsgi]:
    """Return what starts a function that serves its own routes."""
    from memorybank.access.access import access_of  # noqa: PLC0415 - the router has none

    access = access_of(settings)
    if settings.store == "firestore":
        importlib.import_module("memorybank.storage.firestore")  # a third of a cold start: not in the first request
    if settings.queue == "in-process":
        return lambda: _embedded(settings, name, access)
    adapters = Adapters(settings)
    application = application_of(settings, adapters, [name], access=access)
    atexit.register(adapters.close)
    return lambda: application


def _embedded(settings: Settings, name: str, access: Access) -> _Wsgi:
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - its threads are wanted only here

    bank = Bank(settings, embedded_adapters(settings), functions=[name], access=access)
    bank.start()
    atexit.register(bank.stop)
    return bank.application
