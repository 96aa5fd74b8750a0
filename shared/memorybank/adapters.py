"""The adapters of a deployment, each made on first use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from memorybank.config import Settings
from memorybank.plugins import embeddings_of, models_of, queue_of, store_of

if TYPE_CHECKING:  # the router serves without any of these
    from memorybank.bank.config_cache import ConfigCache
    from memorybank.bank.ports import BankRules
    from memorybank.ports.clock import Clock, Ids
    from memorybank.ports.documents import DocumentStore
    from memorybank.ports.models import Embedder, LanguageModel
    from memorybank.ports.tasks import TaskQueue

_log = logging.getLogger(__name__)

_Made = TypeVar("_Made")


class Adapters:
    """The adapters of a deployment, each made on first use. One that is passed in replaces the configured one.

    Making an adapter includes importing it, so a function that never asks for a port never loads its adapter.
    """

    def __init__(self, settings: Settings, **given: object) -> None:
        self._settings = settings
        self._made: dict[str, Any] = given
        self._lock = threading.RLock()  # making one may ask for another

    @property
    def store(self) -> DocumentStore:
        """The document store."""
        return self._once("store", lambda: make_store(self._settings))

    @property
    def queue(self) -> TaskQueue:
        """The task queue."""
        return self._once("queue", lambda: make_queue(self._settings, store=lambda: self.store, clock=self.clock))

    @property
    def model(self) -> LanguageModel:
        """The language model."""
        return self._once("model", lambda: make_model(self._settings))

    @property
    def embedder(self) -> Embedder:
        """The embedder."""
        return self._once("embedder", lambda: make_embedder(self._settings))

    @property
    def clock(self) -> Clock:
        """The clock."""
        return self._once("clock", make_clock)

    @property
    def ids(self) -> Ids:
        """The source of new ids."""
        return self._once("ids", make_ids)

    @property
    def configs(self) -> ConfigCache:
        """The cache of engine configurations."""
        return self._once("configs", lambda: make_configs(self._settings))

    @property
    def rules(self) -> BankRules:
        """What the settings want of the bank."""
        return self._once("rules", lambda: make_rules(self._settings))

    def close(self) -> None:
        """Close the store, if it was made."""
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
    return store_of(settings).open(settings)


def make_queue(settings: Settings, *, store: Callable[[], DocumentStore], clock: Clock) -> TaskQueue:
    """Return the queue that the settings ask for."""
    return queue_of(settings).make(settings, store=store, clock=clock)


def make_model(settings: Settings) -> LanguageModel:
    """Return the language model that the settings ask for."""
    _log.info("language model", extra={"provider": settings.provider})
    return models_of(settings).model(settings)


def make_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings ask for."""
    from memorybank.models.query_cache import QueryCache  # noqa: PLC0415 - see Adapters

    plugin = embeddings_of(settings)
    _log.info("embedder", extra={"provider": plugin.label(settings)})
    return QueryCache(plugin.embedder(settings))


def make_clock() -> Clock:
    """Return the machine's clock."""
    from memorybank.ports.clock import SystemClock  # noqa: PLC0415 - see Adapters

    return SystemClock()


def make_ids() -> Ids:
    """Return random ids."""
    from memorybank.ports.clock import RandomIds  # noqa: PLC0415 - see Adapters

    return RandomIds()


def make_configs(settings: Settings) -> ConfigCache:
    """Return the configuration cache. A change is seen at once on one machine, within a minute in production."""
    from memorybank.bank.config_cache import ConfigCache  # noqa: PLC0415 - see Adapters

    return ConfigCache(timedelta(seconds=0 if store_of(settings).local else 60))


def make_rules(settings: Settings) -> BankRules:
    """Return what the settings want of the bank."""
    from memorybank.bank.ports import BankRules  # noqa: PLC0415 - see Adapters

    return BankRules(
        second_opinion=settings.second_opinion == "doubtful",
        memories_shown=settings.memories_shown,
        deleted_retention=timedelta(hours=settings.deleted_retention_hours),
    )
