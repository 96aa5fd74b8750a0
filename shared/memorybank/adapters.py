"""The adapters behind the ports of a deployment, each made on first use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from memorybank.config import Settings

if TYPE_CHECKING:  # the router serves without any of these
    from memorybank.bank.config_cache import ConfigCache
    from memorybank.ports.clock import Clock, Ids
    from memorybank.ports.documents import DocumentStore
    from memorybank.ports.models import Embedder, LanguageModel
    from memorybank.ports.tasks import TaskQueue
    from memorybank.tasks.cloud_tasks import CloudTasksQueue

_log = logging.getLogger(__name__)

_Made = TypeVar("_Made")


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
    from memorybank.models.gemini.model import GeminiModel  # noqa: PLC0415 - see Adapters
    from memorybank.models.gemini.provider_settings import provider_of  # noqa: PLC0415 - see Adapters

    provider = provider_of(settings)
    return GeminiModel(provider, default_model=settings.generation_model, max_tokens=settings.max_tokens_per_operation)


def make_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings ask for: of the same provider as the language model."""
    _log.info("embedder", extra={"provider": settings.provider})
    if settings.provider == "offline":
        from memorybank.models.offline import OfflineEmbedder  # noqa: PLC0415 - see Adapters

        return OfflineEmbedder(dimensions=settings.embedding_dimensions)
    from memorybank.models.gemini.embedder import GeminiEmbedder  # noqa: PLC0415 - see Adapters
    from memorybank.models.gemini.provider_settings import provider_of  # noqa: PLC0415 - see Adapters

    provider = provider_of(settings)
    return GeminiEmbedder(provider, default_model=settings.embedding_model, dimensions=settings.embedding_dimensions)


def make_clock() -> Clock:
    """Return the machine's clock."""
    from memorybank.ports.clock import SystemClock  # noqa: PLC0415 - see Adapters

    return SystemClock()


def make_ids() -> Ids:
    """Return random ids."""
    from memorybank.ports.clock import RandomIds  # noqa: PLC0415 - see Adapters

    return RandomIds()


def make_configs(settings: Settings) -> ConfigCache:
    """Return the cache of configurations: on one machine a change counts at once, in production within a minute."""
    from memorybank.bank.config_cache import ConfigCache  # noqa: PLC0415 - see Adapters

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
